"""moto's server with queues, a bucket, a bus of events, and what becomes of a queue's messages."""

import json
from typing import Any

import botocore.config
import botocore.session

KEY = {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "example-secret-of-nobody"}
CREDENTIALS = {"aws_access_key_id": KEY["access_key_id"], "aws_secret_access_key": KEY["secret_access_key"]}


class Cloud:
    """moto's server, with a queue and a bucket."""

    def __init__(self, address: str) -> None:
        self.address = address
        session = botocore.session.Session()
        given = {"region_name": "us-east-1", "endpoint_url": address, **CREDENTIALS}
        self.sqs = session.create_client("sqs", **given)
        self.events = session.create_client("events", **given)
        self.s3 = session.create_client("s3", config=botocore.config.Config(s3={"addressing_style": "path"}), **given)
        self.s3.create_bucket(Bucket="logs")
        self._made = 0

    def close(self) -> None:
        """Connections are closed."""
        for client in (self.sqs, self.events, self.s3):
            client.close()

    def queue(self) -> str:
        """A queue of its own for each test."""
        self._made += 1
        address: str = self.sqs.create_queue(QueueName=f"audit-{self._made}")["QueueUrl"]
        return address

    def send(self, queue: str, *bodies: str) -> None:
        """The queue has these messages."""
        for body in bodies:
            self.sqs.send_message(QueueUrl=queue, MessageBody=body)

    def left(self, queue: str) -> int:
        """How many messages the queue still has, seen or not."""
        wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=wanted)["Attributes"]
        return sum(int(value) for value in found.values())

    def store(self, key: str, body: bytes) -> str:
        """The bucket has the object; the notification of it."""
        etag = self.s3.put_object(Bucket="logs", Key=key, Body=body)["ETag"].strip('"')
        thing = {"bucket": {"name": "logs"}, "object": {"key": key, "eTag": etag}}
        return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": thing}]})

    def bus(self, queue: str) -> str:
        """A bus that puts what comes from Shopify, and nothing else, into the queue."""
        name = f"bus-of-{queue.rpartition('/')[2]}"
        arn = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.events.create_event_bus(Name=name)
        pattern = json.dumps({"source": [{"prefix": "aws.partner/shopify.com"}]})
        self.events.put_rule(Name="shopify", EventBusName=name, EventPattern=pattern)
        self.events.put_targets(Rule="shopify", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
        return name

    def publish(self, bus: str, *details: Any, source: str = "aws.partner/shopify.com/1234/hemostat") -> None:
        """Events are put on the bus, as many at once as EventBridge takes."""
        entries = [
            {"Source": source, "DetailType": "shopifyWebhook", "Detail": json.dumps(detail), "EventBusName": bus}
            for detail in details
        ]
        for at in range(0, len(entries), 10):
            assert not self.events.put_events(Entries=entries[at : at + 10])["FailedEntryCount"]
