"""The screens as one ASGI application: `build(parts)`."""

import inspect
import logging

from terminal.app.ports.catalogue import CatalogueError
from terminal.app.ports.journal import JournalError
from terminal.domain.errors import Reason, SaleError
from terminal.texts import N_, Language, language

from . import forms as f
from .access import SESSION_SECONDS, Access
from .act_screen import session_cookie
from .call import Call
from .dialogs import AgeCheck
from .http import Receive, Refused, Reply, Request, Scope, Send, answer, see_other
from .look import Look, Shared
from .pages import Page, Pages
from .parts import Parts
from .routes import GETS, POSTS, Get, Post
from .say import refused as refused_sentence
from .screens import LOOKS_COOKIE, Screen, Screens
from .stream import Streams

JSON = "application/json"
_BESIDE = ("/status", "/devices", "/calibrate")
"""Pages beside the till's, each with its paths below it."""

log = logging.getLogger(__name__)


def build(parts: Parts) -> "Web":
    """The application. Templates are compiled when they are first used; `render.load_all` does it beforehand."""
    return Web(parts)


class Web:
    """One till's screens."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.shared = Shared(parts)
        self.screens = Screens(parts.language)
        self.access = Access(parts.access_key, parts.hosts)
        self.streams = Streams()
        self.pages = Pages(parts.version)
        parts.selling.in_the_way = self.screens.in_the_way
        self._posts = {post.path: post for post in POSTS}
        self._gets = {get.path: get for get in GETS}

    def close(self) -> None:
        """End what would last for ever: the streams."""
        self.streams.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            reply = await self._serve(request, receive, send)
        except Refused as refused:
            reply = self._refusal(request, refused)
        except SaleError as refused:
            # Only of reading: what a touch is refused is shown on its screen (_post).
            sentence = refused_sentence(refused.reason, refused.detail, self._words(request))
            reply = Reply(409, sentence.encode())
        except JournalError as error:
            log.error("refused a request: %s", error)  # noqa: TRY400 (the journal has told its trace; the till ends)
            reply = self._refusal(request, Refused(503, N_("The journal cannot be written: the till sells no more.")))
        except CatalogueError as error:
            log.error("refused a request: %s", error)  # noqa: TRY400 (a sentence, no fault of ours)
            reply = self._refusal(request, Refused(503, N_("The items cannot be read: {}"), str(error)))
        if reply is not None:
            await answer(reply, send)

    async def _serve(self, request: Request, receive: Receive, send: Send) -> Reply | None:
        self.access.check_host(request)
        if request.method in ("GET", "HEAD"):
            return await self._get(request, receive, send)
        if request.method == "POST":
            return await self._post(request)
        raise Refused(405, N_("That cannot be done here."))

    def _may(self, route: Get | Post, request: Request) -> bool:
        return self.access.has(route.role, request, self.parts.clock.monotonic())

    async def _get(self, request: Request, receive: Receive, send: Send) -> Reply | None:
        route = self._gets.get(request.path)
        if route is None:
            known = request.path in self._posts
            raise Refused(405 if known else 404, N_("That cannot be done here.") if known else N_("No such page."))
        if not self._may(route, request):
            if route.shows in (Page.TILL, Page.STATUS, Page.DEVICES, Page.HOME, Page.CUSTOMER, Page.CALIBRATE):
                return see_other("/login?customer" if route.shows is Page.CUSTOMER else "/login")
            raise Refused(403, N_("This screen has not given the access key."))
        match route.shows:
            case Page.HEALTH:
                return Reply(200, b"ok")
            case Page.STATIC:
                return self.pages.static(request)
            case Page.LOGIN:
                return self.pages.login(self._words(request), customer=request.query == b"customer")
            case Page.HOME:
                return see_other("/till")
            case Page.DEVICES_JSON:
                from .devices_json import report_of

                return Reply(200, report_of(Look(self.shared, self._no_screen())), JSON)
            case Page.TILL | Page.STATUS | Page.DEVICES | Page.CALIBRATE:
                if route.shows is Page.DEVICES and self.parts.finder is not None:
                    self.parts.finder.look()
                screen, new = self.screens.of(request.cookies(), self.parts.notices.newest.number)
                return self.pages.show(route.shows, self.shared, screen, new)
            case Page.CUSTOMER:
                return self.pages.customer(self.shared)
            case Page.CUSTOMER_STREAM:
                if request.method == "HEAD":
                    raise Refused(405, N_("That cannot be done here."))
                from .customer import CustomerSent

                # No screen of its own and no cookie: it has nothing to choose, and may share a browser with the till.
                await self.streams.serve(CustomerSent(self.parts, self.pages.version), receive, send, [])
                return None
            case Page.DEVICES_NEWS:
                if request.method == "HEAD":
                    raise Refused(405, N_("That cannot be done here."))
                due, headers = self.pages.stream(route.shows, self.shared, self._no_screen(), "")
                await self.streams.serve(due, receive, send, headers)
                return None
            case Page.TILL_STREAM | Page.STATUS_STREAM | Page.DEVICES_STREAM | Page.CALIBRATE_STREAM:
                if request.method == "HEAD":
                    raise Refused(405, N_("That cannot be done here."))
                screen, new = self.screens.of(request.cookies(), self.parts.notices.newest.number)
                due, headers = self.pages.stream(route.shows, self.shared, screen, new)
                with screen.watched(route.shows is Page.TILL_STREAM):
                    await self.streams.serve(due, receive, send, headers)
                return None

    async def _post(self, request: Request) -> Reply | None:
        route = self._posts.get(request.path)
        if route is None:
            known = request.path in self._gets
            raise Refused(405 if known else 404, N_("That cannot be done here.") if known else N_("No such page."))
        if not self._may(route, request):
            raise Refused(403, N_("This screen has not given the access key."))
        self.access.check_origin(request)
        form = f.read_form(await request.body(), request.header(b"content-type"), route.form)
        if isinstance(form, f.AccessKey):
            return self._log_in(request, form)
        screen, new = self.screens.of(request.cookies(), self.parts.notices.newest.number)
        headers = self.pages.screen_cookie(new)
        call = Call(self.shared, screen, request)
        if request.path.startswith("/till/"):
            # Not the doctor, nor whoever tries a device from a phone: nobody scans there.
            self.screens.touched = screen
        screen.hush()
        try:
            result = route.do(call, form)
            if inspect.isawaitable(result):
                result = await result
        except SaleError as refused:
            screen.say("bad", refused.reason, refused.detail)
            if refused.reason is Reason.AGE_CHECK_NEEDED:
                screen.change(dialog=AgeCheck(self.parts.till.state.current))
            self.parts.changes.tell()
            sentence = refused_sentence(refused.reason, refused.detail, self._words(request))
            return Reply(409, sentence.encode(), headers=headers)
        self.parts.changes.tell()
        if result is not None:
            return Reply(result.status, result.body, result.kind, (*result.headers, *headers))
        if request.header(b"sec-fetch-mode") == "navigate":
            # The page's script has not come, or not yet: the touch works all the same.
            there = next((page for page in _BESIDE if request.path.startswith(page)), "/till").encode()
            return Reply(303, headers=((b"location", there), *headers))
        return Reply(headers=headers)

    def _no_screen(self) -> Screen:
        """For a program, which has none: in the shop's language, and not kept."""
        return Screens(self.parts.language).of({}, 0)[0]

    def _log_in(self, request: Request, form: f.AccessKey) -> Reply:
        try:
            token = self.access.log_in(request, form.key, self.parts.clock.monotonic())
        except Refused as refused:
            return self.pages.login(self._words(request), refused, customer=form.then == "/customer")
        return Reply(303, headers=((b"location", form.then.encode()), session_cookie(token, int(SESSION_SECONDS))))

    def _words(self, request: Request) -> Language:
        code = request.cookies().get(LOOKS_COOKIE, "").partition("-")[0]
        return language(code if code in ("da", "en") else self.parts.language)

    def _refusal(self, request: Request, refused: Refused) -> Reply:
        sentence = self._words(request).gettext(refused.sentence).format(*refused.details)
        headers = ((b"allow", self._allowed(request.path)),) if refused.status == 405 else ()
        if refused.status == 413:
            # What was not read would be taken for the next request.
            headers = (*headers, (b"connection", b"close"))
        return Reply(refused.status, sentence.encode("utf-8", "replace"), headers=headers)

    def _allowed(self, path: str) -> bytes:
        methods = [] if path not in self._gets else ["GET"] if path.endswith("/stream") else ["GET", "HEAD"]
        if path in self._posts:
            methods.append("POST")
        return ", ".join(methods or ["GET", "POST"]).encode()
