"""Stands in for Open WebUI where its image cannot be had: says whose token it is, as Open WebUI does.

Tokens are the names of two users.
"""
import http.server
import json

USERS = {
    name: {"id": f"{name}-0000", "email": f"{name}@example.org", "name": name, "role": role}
    for name, role in (("alice", "admin"), ("bob", "user"))
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        user = USERS.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if user is None or self.path != "/api/v1/auths/":
            self.send_error(401)
            return
        body = json.dumps(user).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("", 8080), Handler).serve_forever()
