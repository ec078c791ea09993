"""Messages that come by a way no link has.

Who may ask a consumer for messages names the subject they are sent to, and nats-server (2.15) does not
check that subject against what the asker may publish: it can have its own messages put into the stream
or before the subscribers of another. They keep the subject they were published on, which tells.
"""

from nats.aio.msg import Msg


def redirected(message: Msg) -> str:
    """What is said of a message whose subject is not the link's."""
    return f"a message of {message.subject} was sent here, which no link of the graph does; it is not taken"
