"""Starts programs in a user's login and looks at each in the pane of Open WebUI and at an address of its own.

visit.py OPENWEBUI GATEHOUSE KEY SCREENSHOTS [PROGRAM...]

A program of programs.json has a command, the port, and a text that the page shows if its scripts and its connection
work. The command of a program with "base" gets the path of its preview in that variable, in a second run.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

from playwright.sync_api import Error, sync_playwright

OPENWEBUI, GATEHOUSE, KEY, SCREENSHOTS, *CHOSEN = sys.argv[1:]
FOLDER = pathlib.Path(__file__).parent
START_LIMIT = 300
PATIENCE = 15_000
CONNECTION = "session"


def call(base, path, body=None, **headers):
    """Returns the JSON of an answer."""
    request = urllib.request.Request(base + path, data=None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    with urllib.request.urlopen(request, timeout=100) as answer:
        return json.load(answer)


def set_up():
    """Makes the admin, who is the user too, and the connection. Returns the admin's id and token."""
    person = {"name": "alice", "email": "alice@example.org", "password": "Passw0rd!alice"}
    admin = call(OPENWEBUI, "/api/v1/auths/signup", person)
    bearer = {"Authorization": "Bearer " + admin["token"]}
    grant = {"principal_type": "user", "principal_id": "*", "permission": "read"}
    connection = {"id": CONNECTION, "name": "Gatehouse", "url": GATEHOUSE, "path": "/openapi.json", "key": KEY,
                  "auth_type": "bearer", "enabled": True, "server_type": "terminal",
                  "config": {"access_grants": [grant]}}
    call(OPENWEBUI, "/api/v1/configs/terminal_servers", {"TERMINAL_SERVER_CONNECTIONS": [connection]}, **bearer)
    ui = {"version": call(OPENWEBUI, "/api/version")["version"], "showChangelog": False, "showUpdateToast": False,
          "terminalPreviewAllowSameOrigin": True}
    call(OPENWEBUI, "/api/v1/users/user/settings/update", {"ui": ui}, **bearer)
    return admin["id"], admin["token"]


def as_user(user, path, body=None):
    return call(GATEHOUSE, path, body, Authorization="Bearer " + KEY, X_User_Id=user)


def start(user, name, program, base):
    """Starts a program unless it runs, and returns whether it listens in the end."""
    port = program["port"]

    def listens():
        return any(each["port"] == port for each in as_user(user, "/ports")["ports"])

    if listens() and not base:
        return True
    as_user(user, "/execute?wait=30", {"command": f"fuser -k {port}/tcp || kill $(lsof -t -i :{port} -s TCP:LISTEN)"})
    prefix = f"export {program['base']}=/api/v1/terminals/{CONNECTION}/proxy/{port}; " if base else ""
    as_user(user, "/execute?wait=0", {"command": f"cd; ({prefix}{program['command']}) >log-{name} 2>&1"})
    end = time.monotonic() + START_LIMIT
    while time.monotonic() < end:
        time.sleep(2)
        if listens():
            return True
    return False


def sees(view, program):
    """Does what a person does, and returns whether the page shows the text of a success."""
    try:
        if "click" in program:
            view.get_by_role("button", name=program["click"]).click(timeout=PATIENCE)
            view.wait_for_timeout(1000)
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            fields = [field.input_value() for field in view.locator("textarea, input[type=text]").all()]
            text = view.locator("body").inner_text(timeout=PATIENCE)
            if program["shows"] in text + "\n".join(fields):
                return True
            view.wait_for_timeout(500)
    except Error as failure:
        print(str(failure).splitlines()[0], file=sys.stderr)
    return False


def open_context(browser_type):
    return browser_type.launch_persistent_context(
        "", executable_path="/usr/bin/chromium", viewport={"width": 1500, "height": 950}, locale="en-US",
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking",
              "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"])


def in_pane(browser_type, token, name, program):
    context = open_context(browser_type)
    try:
        context.set_default_timeout(4 * PATIENCE)
        context.add_init_script(f"if (location.origin == '{OPENWEBUI}') localStorage.token = '{token}'")
        context.add_cookies([{"name": "token", "value": token, "url": OPENWEBUI, "sameSite": "Lax"}])
        page = context.pages[0]
        page.goto(OPENWEBUI + "/")
        page.locator("button[aria-label='Terminal']").first.click()
        page.get_by_role("menuitemradio", name="Gatehouse", exact=True).click()
        page.get_by_text(re.compile(r"^\s*Ports\b")).first.click()
        page.get_by_text(f":{program['port']}", exact=True).first.click()
        frame = page.locator(f"iframe[src*='/proxy/{program['port']}/']").element_handle().content_frame()
        if "path" in program:
            frame.goto(f"{OPENWEBUI}/api/v1/terminals/{CONNECTION}/proxy/{program['port']}/{program['path']}")
        works = sees(frame, program)
        page.screenshot(path=f"{SCREENSHOTS}/{name}-pane.png")
        return works
    finally:
        context.close()


def at_own_address(browser_type, user, name, program):
    context = open_context(browser_type)
    proxy = subprocess.Popen(["node", FOLDER / "proxy.js", GATEHOUSE, KEY, user, str(program["port"])],
                             stdout=subprocess.PIPE, text=True)
    try:
        page = context.pages[0]
        page.goto(proxy.stdout.readline().strip() + "/" + program.get("path", ""), timeout=4 * PATIENCE)
        works = sees(page, program)
        page.screenshot(path=f"{SCREENSHOTS}/{name}-own-address.png")
        return works
    finally:
        context.close()
        proxy.kill()
        proxy.wait()


def status_of_stranger(port):
    """The status of the answer for another user."""
    try:
        as_user("a-stranger", f"/proxy/{port}/")
        return 200
    except urllib.error.HTTPError as refusal:
        return refusal.code


def attempt(view, *arguments):
    try:
        return "works" if view(*arguments) else "does not work"
    except Error as failure:
        return "failed: " + str(failure).splitlines()[0]


def main():
    programs = json.loads((FOLDER / "programs.json").read_text())
    os.makedirs(SCREENSHOTS, exist_ok=True)
    user, token = set_up()
    print("| program | pane of Open WebUI | address of its own | another user |\n|---|---|---|---|", flush=True)
    with sync_playwright() as playwright:
        for name in CHOSEN or programs:
            program = programs[name]
            for base in [False, True] if "base" in program else [False]:
                title = name + " with its path" if base else name
                file = title.replace(" ", "-")
                row = [title, "did not start"]
                if start(user, name, program, base):
                    row = [title, attempt(in_pane, playwright.chromium, token, file, program),
                           attempt(at_own_address, playwright.chromium, user, file, program),
                           str(status_of_stranger(program["port"]))]
                print("| " + " | ".join(row) + " |", flush=True)


main()
