"""How media goes over a link: the words of graphs, settings and metrics."""

from typing import Literal

Delivery = Literal["latest", "durable"]
Transport = Literal["nats", "http", "bucket"]
