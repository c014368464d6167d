"""RestAI's client: the live state of a branch, kept equal to the server's, and calls that change it.

    token = await login(url, email, password)
    async with Client(url, token, listener=Printer()), Api(url, token) as api:
        ...

`session` and `apply` are pure and can be used without the rest, over any other transport.
"""

from restai_sdk.actions import Freshness, State, Stop
from restai_sdk.api import Api, ApiError
from restai_sdk.apply import apply, update
from restai_sdk.client import Client, Listener
from restai_sdk.login import Login, SignedOut, TokenProvider, fixed, login
from restai_sdk.messages import Screen
from restai_sdk.session import Session

__all__ = [
    "Api",
    "ApiError",
    "Client",
    "Freshness",
    "Listener",
    "Login",
    "Screen",
    "Session",
    "SignedOut",
    "State",
    "Stop",
    "TokenProvider",
    "apply",
    "fixed",
    "login",
    "update",
]
