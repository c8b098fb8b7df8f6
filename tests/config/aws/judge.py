"""Judges AWS calls, read as JSON from standard input: a list of {label, service, operation, parameters}.

Each is checked against botocore's own description of the service, then sent to moto on loopback, in order. A parameter
{"$of": [label, key, ...]} stands for a value of an earlier answer. Prints a list of {label, invalid, refused}.
"""

import json
import logging
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.validate import ParamValidator
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)


def resolved(value, answers):
    if isinstance(value, dict) and set(value) == {"$of"}:
        label, *keys = value["$of"]
        found = answers[label]
        for key in keys:
            found = found[key]
        return found
    if isinstance(value, dict):
        return {key: resolved(inner, answers) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, answers) for inner in value]
    return value


def judge(call, client, answers):
    verdict = {"label": call["label"], "invalid": "", "refused": ""}
    try:
        parameters = resolved(call["parameters"], answers)
    except (KeyError, IndexError, TypeError) as error:
        return {**verdict, "refused": f"stands on an answer that is not there: {error}"}
    shape = client.meta.service_model.operation_model(call["operation"]).input_shape
    verdict["invalid"] = ParamValidator().validate(parameters, shape).generate_report()
    if verdict["invalid"]:
        return verdict
    method = next(name for name, operation in client.meta.method_to_api_mapping.items() if operation == call["operation"])
    try:
        answers[call["label"]] = getattr(client, method)(**parameters)
    except (BotoCoreError, ClientError) as error:
        verdict["refused"] = str(error)
    return verdict


def main():
    calls = json.load(sys.stdin)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        options = {
            "endpoint_url": f"http://{host}:{port}",
            "region_name": "eu-central-1",
            "aws_access_key_id": "nobody",
            "aws_secret_access_key": "nothing",
            # A refusal is an answer; asking again would give the same one.
            "config": Config(retries={"max_attempts": 0}, proxies={}),
        }
        clients = {}
        answers = {}
        for call in calls:
            service = call["service"]
            clients.setdefault(service, boto3.client(service, **options))
        json.dump([judge(call, clients[call["service"]], answers) for call in calls], sys.stdout)
    finally:
        server.stop()


main()
