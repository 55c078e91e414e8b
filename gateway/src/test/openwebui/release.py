"""Runs the parts of a released Open WebUI that speak to terminal servers, and nothing else of it.

Its own router for terminals, its own tool calls, its own users, tokens and database. Standard input: a JSON object
{"connections": [...], "users": ["anna", ...]}; standard output: one line of JSON {"users": {name: {"id", "token"}}, "stubs": [...]} when it
serves. Arguments: the folder of the release, a folder for its data, the address to serve at, a port of it.
"""

import asyncio
import importlib.abc
import importlib.machinery
import importlib.metadata
import inspect
import json
import os
import sys
import types

RELEASE = sys.argv[1]
DATA = sys.argv[2]
ADDRESS = sys.argv[3]
PORT = int(sys.argv[4])

# No call leaves this machine; the database is new; pages and pictures are not served.
os.environ.update(
    DATA_DIR=DATA,
    STATIC_DIR=f'{DATA}/static',
    FRONTEND_BUILD_DIR=f'{DATA}/frontend',
    WEBUI_SECRET_KEY='a-secret-of-32-characters-for-tests',
    OFFLINE_MODE='true',
    HF_HUB_OFFLINE='1',
    ENABLE_VERSION_UPDATE_CHECK='false',
    DO_NOT_TRACK='true',
    SCARF_NO_ANALYTICS='true',
    ANONYMIZED_TELEMETRY='false',
    USE_SLIM_DOCKER='true',
    GLOBAL_LOG_LEVEL='WARNING',
    CORS_ALLOW_ORIGIN='http://localhost',
)
os.makedirs(f'{DATA}/frontend/static', exist_ok=True)
sys.path.insert(0, RELEASE)


class Stubs(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Modules that these releases import and do not use for terminals: reading of documents, speech, pictures, storage.

    They are most of the time that a start takes, and of the packages that it needs. A use of them would fail by its type.
    """

    NAMES = (
        'open_webui.retrieval',
        'open_webui.routers.retrieval',
        'open_webui.routers.audio',
        'open_webui.routers.images',
        'open_webui.routers.files',
        'open_webui.routers.knowledge',
        'open_webui.storage',
        'langchain_core',
        'langchain_community',
        'langchain_classic',
        'pandas',
        'boto3',
        'chromadb',
    )

    def __init__(self):
        self.used = []

    def find_spec(self, name, path=None, target=None):
        if any(name == stub or name.startswith(stub + '.') for stub in self.NAMES):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        self.used.append(spec.name)
        module = types.ModuleType(spec.name)
        module.__path__ = []
        module.__getattr__ = self.stand_in
        return module

    def exec_module(self, module):
        pass

    @staticmethod
    def stand_in(name):
        if name.startswith('__'):
            raise AttributeError(name)
        return type(name, (), {})


STUBS = Stubs()
sys.meta_path.insert(0, STUBS)

import mcp.client.streamable_http  # noqa: E402
import aiohttp  # noqa: E402
import uvicorn  # noqa: E402
from fastapi import Depends, FastAPI, Request  # noqa: E402
from fastapi.responses import JSONResponse  # noqa: E402

# Another name in the mcp package that newer releases ask for; it is for other servers than terminals.
if not hasattr(mcp.client.streamable_http, 'streamablehttp_client'):
    mcp.client.streamable_http.streamablehttp_client = None

from open_webui.models.auths import Auths  # noqa: E402
from open_webui.routers import auths, terminals  # noqa: E402
from open_webui.utils import asgi_middleware, tools  # noqa: E402
from open_webui.utils.auth import get_password_hash, get_verified_user  # noqa: E402


class Settings:
    """The settings of releases before 0.10, which have them on the application. What is not set is None."""

    def __init__(self, **settings):
        self.__dict__.update(settings)

    def __getattr__(self, name):
        return None


async def answer(value):
    return await value if inspect.isawaitable(value) else value


app = FastAPI()
app.state.redis = None
app.state.TERMINAL_SERVERS = []
if hasattr(asgi_middleware, 'AppHTTPMiddleware'):
    app.add_middleware(asgi_middleware.AppHTTPMiddleware)
else:
    app.add_middleware(asgi_middleware.AuthTokenMiddleware, fastapi_app=app)
app.include_router(terminals.router, prefix='/api/v1/terminals')
app.include_router(auths.router, prefix='/api/v1/auths')


@app.post('/call/{terminal_id}/{name}')
async def call(terminal_id: str, name: str, request: Request, user=Depends(get_verified_user)):
    """A tool call as in a chat. The body has its arguments; X-Session-Id is the chat, if there is one."""
    metadata = {}
    if request.headers.get('x-session-id'):
        metadata['chat_id'] = request.headers['x-session-id']
    arguments = await request.json()
    found = await tools.get_terminal_tools(request, terminal_id, user, {'__metadata__': metadata})
    specs = found[0] if isinstance(found, tuple) else found
    if name not in specs:
        return JSONResponse({'missing': name, 'tools': sorted(specs)}, status_code=404)
    result = await specs[name]['callable'](**arguments)
    # Releases answer with the data, or with the data and the headers of the answer.
    return {'result': result[0] if isinstance(result, tuple) else result, 'description': specs[name]['spec']['description']}


@app.post('/turn/{terminal_id}')
async def turn(terminal_id: str, request: Request, user=Depends(get_verified_user)):
    """What a turn of a chat reads of a terminal server before the model is asked. What a release does not read is not in the answer."""
    metadata = {'terminal_id': terminal_id}
    if request.headers.get('x-session-id'):
        metadata['chat_id'] = request.headers['x-session-id']
    found = await tools.get_terminal_tools(request, terminal_id, user, {'__metadata__': metadata})
    specs, prompt = found if isinstance(found, tuple) else (found, None)
    read = {'tools': {name: tool['spec'] for name, tool in specs.items()}, 'prompt': prompt}
    try:
        from open_webui.utils import terminals as reading
    except ImportError:
        return read
    if hasattr(reading, 'get_terminal_agents_md'):
        read['agents'] = await reading.get_terminal_agents_md(request, user, metadata, {})
    if hasattr(reading, 'get_terminal_json'):
        read['skills'] = await reading.get_terminal_json(request, user, metadata, '/skills', {})
    if hasattr(reading, 'get_terminal_skill'):
        read['skill'] = await reading.get_terminal_skill(request, user, metadata, 'a skill', {})
    return read


PASSWORD = 'a-password-of-25-characters'


async def prepare(wanted):
    try:
        from open_webui.models.config import Config

        await answer(Config.upsert({'terminal_server.connections': wanted['connections']}))
        app.state.config = Settings()
    except ImportError:
        app.state.config = Settings(
            TERMINAL_SERVER_CONNECTIONS=wanted['connections'], JWT_EXPIRES_IN='4w', USER_PERMISSIONS={}
        )
    password = await answer(get_password_hash(PASSWORD))
    for name in wanted['users']:
        await answer(Auths.insert_new_auth(email=f'{name}@example.org', password=password, name=name, role='user'))


async def sign_in(name):
    """As the page does."""
    address = f'http://{ADDRESS}:{PORT}/api/v1/auths/signin'
    async with aiohttp.ClientSession() as session:
        async with session.post(address, json={'email': f'{name}@example.org', 'password': PASSWORD}) as signed_in:
            if signed_in.status != 200:
                raise RuntimeError(f'sign in: {signed_in.status} {await signed_in.text()}')
            user = await signed_in.json()
            return {'id': user['id'], 'token': user['token']}


async def main():
    wanted = json.load(sys.stdin)
    await prepare(wanted)
    server = uvicorn.Server(
        uvicorn.Config(app, host=ADDRESS, port=PORT, log_level='warning', lifespan='off')
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    users = {name: await sign_in(name) for name in wanted['users']}
    print(json.dumps({'users': users, 'stubs': STUBS.used}), flush=True)
    await serving


asyncio.run(main())
