"""Logs in once with asyncssh and prints what a command says, or REFUSED.

Usage: asyncssh_login.py PORT USER KEY PASSWORD COMMAND   (KEY or PASSWORD may be empty)
"""

import asyncio
import sys

import asyncssh


async def main(port, user, key, password, command):
    try:
        async with asyncssh.connect(
            "127.0.0.1",
            int(port),
            username=user,
            client_keys=[key] if key else None,
            password=password or None,
            agent_path=None,
            config=None,
            known_hosts=None,
            login_timeout=20,
        ) as connection:
            print((await connection.run(command, timeout=20)).stdout, end="")
    except asyncssh.PermissionDenied:
        print("REFUSED")


asyncio.run(main(*sys.argv[1:]))
