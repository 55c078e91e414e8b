# Serves one page as many programs do: with files beside it, events, and a form whose answer redirects to a whole
# address and sets a cookie. Its arguments are a port and a name. It has no single quotes, because a shell reads it
# between two of them.
import http.server
import sys
import time

PORT, NAME = int(sys.argv[1]), sys.argv[2]
PICTURE = """<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18"/></svg>"""
PAGE = """<!doctype html><title>A preview</title><link rel=stylesheet href=style.css>
<script type=module src=module.js></script>
<h1>Server of %s</h1><img src=picture.svg><img src=/picture.svg><pre id=facts></pre>
<form method=post action=login><button>Log in</button></form>
<script>
  onload = async () => {
    const events = await fetch("events").then(answer => answer.text()).catch(failure => "none");
    facts.textContent = ["inline", self.fromModule, getComputedStyle(document.querySelector("h1")).color,
      ...[...document.images].map(image => image.naturalWidth), events.replace(/\\s+/g, " ").trim()].join("; ");
  };
</script>"""
FILES = {
    "/": ("text/html", PAGE % NAME),
    "/style.css": ("text/css", "h1 { color: rgb(1, 2, 3) }"),
    "/module.js": ("text/javascript", """self.fromModule = "module" """),
    "/picture.svg": ("image/svg+xml", PICTURE),
}


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, kind, body="", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind + "; charset=utf-8")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        if self.path == "/welcome":
            self.answer(200, "text/html", "Welcome, %s, with cookie %s" % (NAME, self.headers["Cookie"]))
        elif self.path == "/events":
            self.answer(200, "text/event-stream", "data: one\n\n")
            time.sleep(0.5)
            self.wfile.write(b"data: two\n\n")
        elif self.path in FILES:
            self.answer(200, *FILES[self.path])
        else:
            self.answer(404, "text/plain")

    def do_POST(self):
        there = "http://localhost:%d/welcome" % PORT
        self.answer(302, "text/plain", Location=there, Set_Cookie="session=1")


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
