"""Judges AWS calls, read as JSON from standard input: cases, each a list of {label, service, operation, parameters}.

Each call is checked against botocore's own description of the service, then sent to moto on loopback, in order. A
parameter {"$of": [label, key, ...]} stands for a value of an earlier answer. Every case begins in an empty account.
Prints a list of {label, invalid, refused} for each case.
"""

import json
import logging
import sys

import boto3
import requests
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
    cases = json.load(sys.stdin)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        options = {
            "endpoint_url": endpoint,
            "region_name": "eu-central-1",
            "aws_access_key_id": "nobody",
            "aws_secret_access_key": "nothing",
            # A refusal is an answer; asking again would give the same one.
            "config": Config(retries={"max_attempts": 0}, proxies={}),
        }
        services = {call["service"] for case in cases for call in case}
        clients = {service: boto3.client(service, **options) for service in services}
        verdicts = []
        for case in cases:
            requests.post(f"{endpoint}/moto-api/reset", timeout=10).raise_for_status()
            answers = {}
            verdicts.append([judge(call, clients[call["service"]], answers) for call in case])
        json.dump(verdicts, sys.stdout)
    finally:
        server.stop()


main()
