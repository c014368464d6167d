"""The AsyncAPI document: the WebSocket and the rooms, generated from the catalogue of events."""

from restai.live.asyncapi.document import document

__all__ = ["document"]
