"""The two documents as pages for people: HTML and one style sheet; no script, nothing from elsewhere."""

from restai.http.pages.routes import router

__all__ = ["router"]
