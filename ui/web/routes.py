"""What the server answers itself: health, metrics, reports of browsers, signing in and out."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from anyio.to_thread import run_sync
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ui.web.guard.identity import SIGN_IN, SIGN_OUT, Identity, cookie_name, read_cookie
from ui.web.guard.policy import REPORTS, take_report
from ui.web.guard.wire import address_of
from ui.web.health import Health
from ui.web.meters import CONTENT_TYPE, Meters
from ui.web.signin import render_sign_in, render_sign_out
from ui.web.words import LANGUAGES, Words, read_words

HEALTH, METRICS, ROBOTS = "/healthz", "/metrics", "/robots.txt"
OWN = (HEALTH, METRICS, ROBOTS, REPORTS, SIGN_IN, SIGN_OUT)
_MOST = 4_000  # bytes of a form


def add_routes(app: FastAPI, health: Health, meters: Meters, script: tuple[str, str], mounts: tuple[str, ...]) -> None:
    """What every server has; `script` is that of the page's functions, and its path, `mounts` where pages begin."""
    for mount in mounts:
        if mount != "/":
            app.router.routes.append(Route(mount, _leads_to(f"{mount}/")))

    @app.get(HEALTH)
    async def healthz() -> Response:
        problem = await run_sync(health.problem)
        found = {"status": "ok"} if problem is None else {"status": "unusable", "reason": problem}
        return JSONResponse(found, 200 if problem is None else 503, {"cache-control": "no-store"})

    @app.get(METRICS)
    def metrics() -> Response:
        return Response(meters.text(), media_type=CONTENT_TYPE)

    @app.get(ROBOTS)
    def robots() -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    @app.post(REPORTS)
    async def reports(request: Request) -> Response:
        return await take_report(request, lambda: meters.count("dateline_policy_reports_total"))

    @app.get(script[1])
    def functions() -> Response:
        headers = {"cache-control": "private, max-age=31536000, immutable"}
        return Response(script[0], media_type="text/javascript; charset=utf-8", headers=headers)


def add_sign_in(app: FastAPI, identity: Identity) -> None:
    """What a server with a file of users has."""

    @app.get(SIGN_IN)
    def form(request: Request) -> Response:
        target = _target(request.query_params.get("next", "/"))
        return _shown(render_sign_in(_words(target), SIGN_IN, target))

    @app.post(SIGN_IN)
    async def sign_in(request: Request) -> Response:
        fields = await _fields(request)
        target, name = _target(fields.get("next", "/")), fields.get("name", "").strip()
        wait = await identity.check(address_of(request.scope), name, fields.get("password", ""))
        if wait is None:
            return _signed_in(request, identity, name, target)
        words = _words(target)
        said = words("sign_in.wait", count=int(wait) + 1) if wait else words("sign_in.wrong")
        return _shown(render_sign_in(words, SIGN_IN, target, name[:64], said), 429 if wait else 403, int(wait) + 1)

    _add_sign_out(app, identity)


def _add_sign_out(app: FastAPI, identity: Identity) -> None:
    @app.get(SIGN_OUT)
    def asked(request: Request) -> Response:
        user = identity.sessions.user(read_cookie(request.headers, request.url.scheme) or "")
        words = _words(_target(urlsplit(request.headers.get("referer", "")).path or "/"))
        return RedirectResponse(SIGN_IN, 303) if user is None else _shown(render_sign_out(words, SIGN_OUT, user))

    @app.post(SIGN_OUT)
    def sign_out(request: Request) -> Response:
        identity.sessions.close(read_cookie(request.headers, request.url.scheme) or "")
        response = RedirectResponse(SIGN_IN, 303, {"clear-site-data": '"cache"'})
        response.delete_cookie(cookie_name(request.url.scheme), secure=request.url.scheme == "https", httponly=True)
        return response


def _leads_to(path: str) -> Callable[[Request], Response]:
    return lambda _: RedirectResponse(path, 308)


def _signed_in(request: Request, identity: Identity, name: str, target: str) -> Response:
    scheme = request.url.scheme
    if before := read_cookie(request.headers, request.url.scheme):
        identity.sessions.close(before)
    response = RedirectResponse(target, 303)
    secret = identity.sessions.open(name)
    response.set_cookie(cookie_name(scheme), secret, httponly=True, samesite="lax", secure=scheme == "https", path="/")
    return response


def _shown(document: str, status: int = 200, wait: int = 0) -> Response:
    headers = {"cache-control": "no-store"} | ({"retry-after": str(wait)} if status == 429 else {})
    return HTMLResponse(document, status, headers)


async def _fields(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST:
            return {}
    found = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    return {name: values[0] for name, values in found.items()}


def _target(path: str) -> str:
    """A path of this server, whatever was asked for."""
    try:
        parts = urlsplit(path.replace("\\", "/")) if path.startswith("/") and path.isprintable() else urlsplit("/")
    except ValueError:  # //[
        return "/"
    return parts.path if not parts.netloc and not parts.path.startswith("//") else "/"


def _words(target: str) -> Words:
    first = target.strip("/").partition("/")[0]
    return read_words(first if first in LANGUAGES else LANGUAGES[0])
