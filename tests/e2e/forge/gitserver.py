"""The forge's Git: `git http-backend`, behind what GitHub asks for before it lets anybody in."""

import subprocess
from dataclasses import dataclass
from email.message import Message

from tests.e2e.forge.state import Reply, State, environment

# GitHub lets any commit be fetched by its name, and parts of a clone be left out
SETTINGS = ("http.receivepack", "uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter")


@dataclass
class Call:
    method: str
    path: str  # what follows the repository's name
    query: str
    headers: Message
    body: bytes


def answer(forge: State, call: Call) -> Reply:
    """Answer one request of a Git, and record it."""
    sent = call.headers.get_all("Authorization", [])
    known = len(sent) == 1 and forge.accepts(sent[0], "basic")
    reads = len(sent) == 1 and forge.carried(sent[0], "basic") in {*forge.readers, *forge.lookers}
    asked = call.path + (f"?{call.query}" if call.query else "")
    with forge.lock:
        forge.git_requests.append((call.method, asked, known))
    if len(sent) > 1:  # two `extraheader` in Git's settings: GitHub refuses them like this
        return Reply(400, b'Duplicate header: "Authorization"', {"Content-Type": "text/plain"})
    pushes = "git-receive-pack" in asked
    # a wrong token opens nothing, not even what is public
    if pushes and reads:
        return Reply(403, b"remote: You are not allowed to upload code.")
    if not (known or reads) and (sent or pushes or forge.private):
        return Reply(401, b"", {"WWW-Authenticate": 'Basic realm="GitHub"'})
    reply = backend(forge, call)
    if pushes:
        with forge.lock:
            forge.refresh()
    return reply


def backend(forge: State, call: Call) -> Reply:
    """Let `git http-backend`, a CGI program, answer."""
    variables = {
        "GIT_PROJECT_ROOT": str(forge.repository.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{forge.repository.name}{call.path}",
        "REQUEST_METHOD": call.method,
        "QUERY_STRING": call.query,
        "CONTENT_TYPE": call.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(call.body)),
        "HTTP_CONTENT_ENCODING": call.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": call.headers.get("Git-Protocol", ""),
        "REMOTE_USER": forge.owner,
        "REMOTE_ADDR": "127.0.0.1",
    }
    options = [word for name in SETTINGS for word in ("-c", f"{name}=true")]
    said = subprocess.run(
        ["git", *options, "http-backend"],
        input=call.body,
        capture_output=True,
        check=False,
        env=environment() | variables,
    )
    head, _, content = said.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    status = headers.pop("Status", "200" if head else "500")
    return Reply(int(status.split(" ")[0]), content, headers)
