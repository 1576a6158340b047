"""Raw requests: paths and headers arrive as they are written, which no polite client allows."""

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any

API = "/api/2.0/mlflow"
ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts"


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: of HTTP.
        body: as it came.
    """

    status: int
    body: bytes

    @property
    def content(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Client:
    """Asks a server on this machine as one user.

    Attributes:
        port: of 127.0.0.1.
        user: None sends no credentials.
        password: of that user.
    """

    port: int
    user: str | None = None
    password: str = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request; a keyword like x_y is the header x-y."""
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if self.user is not None:
            token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            sent["Authorization"] = f"Basic {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.read())
        finally:
            connection.close()

    def make(self, what: str, **fields: Any) -> Any:
        """Post to an address of the API and return the answer, which must be good."""
        answer = self.ask("POST", f"{API}/{what}", fields)
        assert answer.status == 200, answer.body
        return answer.content
