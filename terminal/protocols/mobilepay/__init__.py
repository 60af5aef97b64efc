"""Vipps MobilePay, sans-I/O: requests as they leave, answers as they come, what they mean, and signed webhooks.

    requests    one HTTP request of each call that a till makes
    answers     the bodies of the answers, read strictly
    standing    what a payment's state and sums say about the money
    webhooks    the signature, and what an event tells

Errors: see errors.

Sources: the published OpenAPI files ePayment API 1.4.1, QR API 1.0, Webhooks API v1; the Access Token API 2.0.0.
"""
