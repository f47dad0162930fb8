"""Signs a POST of JSON as Standard Webhooks says, so that its receiver can believe it; sending it is left to others."""

from standardwebhooks import Webhook

from domain.clock import utc_now


def signed_headers(secret: str, uid: str, body: str) -> dict[str, str]:
    """Return the headers of a POST of ``body`` that is signed now; ``uid`` stays when the same is sent again."""
    now = utc_now()
    return {
        "Content-Type": "application/json",
        "webhook-id": uid,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(uid, now, body),
    }
