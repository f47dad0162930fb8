"""Who is signed in to the console: the cookie, the row behind it, and the token that every form must carry.

The cookie names the user and holds a random secret. Its row is found by a digest of that together with the user's
password hash, so that a session ends when the password changes.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import Request
from werkzeug.wrappers import Response

from domain.clock import utc_now
from domain.errors import ApiError
from domain.model import User
from server.access import Principal, principal_of
from store.engine import Tx
from store.sessions import add_session, end_session, is_signed_in
from store.users import find_memberships, load_user

SESSION = timedelta(hours=12)
_COOKIE = "reprise_session"
_GUEST = "reprise_guest"
"""The cookie of a browser that is not signed in, for the forms that it may send."""
_PATH = "/console"


def sign_in(tx: Tx, user: User) -> str:
    """Return what the user's browser is to hold from now on."""
    token = f"{user.id}.{secrets.token_urlsafe(32)}"
    add_session(tx, _digest(token, user), user.id, utc_now() + SESSION)
    return token


def sign_out(tx: Tx, request: Request, user: User) -> None:
    """End the session in which the request was sent."""
    end_session(tx, _digest(request.cookies.get(_COOKIE, ""), user))


def find_principal(tx: Tx, request: Request) -> Principal | None:
    """Return who is signed in, None for nobody: no session, an expired one, or a user who may not log in any more."""
    token = request.cookies.get(_COOKIE, "")
    number = token.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    user = load_user(tx, int(number))
    if user is None or not is_signed_in(tx, _digest(token, user), user.id):
        return None
    try:
        return principal_of(user, find_memberships(tx, user.id))
    except ApiError:
        return None


def keep(response: Response, token: str, *, is_secure: bool) -> None:
    """Have the browser hold the session, out of reach of scripts and of other sites' forms."""
    life = int(SESSION.total_seconds())
    response.set_cookie(_COOKIE, token, max_age=life, path=_PATH, httponly=True, secure=is_secure, samesite="Lax")


def forget(response: Response, *, is_secure: bool) -> None:
    """Have the browser drop the session."""
    response.delete_cookie(_COOKIE, path=_PATH, httponly=True, secure=is_secure, samesite="Lax")


def form_secret(request: Request) -> str:
    """Return what the browser holds that its forms are known by; empty for one that holds nothing of ours yet."""
    return request.cookies.get(_COOKIE) or request.cookies.get(_GUEST) or ""


def form_token(secret: str) -> str:
    """Return what the forms of the browser that holds the secret must carry."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def is_own_form(request: Request) -> bool:
    """Return whether the request was sent by a form of a page of ours."""
    secret = form_secret(request)
    sent = request.form.get("form_token", "")
    return bool(secret) and hmac.compare_digest(form_token(secret).encode(), sent.encode())


def keep_guest(response: Response, secret: str, *, is_secure: bool) -> None:
    """Have a browser that is not signed in hold a secret, so that it can send a form."""
    response.set_cookie(_GUEST, secret, path=_PATH, httponly=True, secure=is_secure, samesite="Lax")


def _digest(token: str, user: User) -> str:
    return hashlib.sha256(f"{token}\0{user.password_hash}".encode()).hexdigest()
