"""Judges calls and their answers, read as JSON from standard input, by botocore's own description of the services.

Prints a list of what is wrong, one text a fault.
"""

import json
import sys

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator


def main():
    loader = Loader()
    models = {}
    faults = []
    for call in json.load(sys.stdin):
        name, operation = call["service"], call["operation"]
        if name not in models:
            models[name] = ServiceModel(loader.load_service_model(name, "service-2"))
        model = models[name].operation_model(operation)
        for what, value, shape in (
            ("request", call["parameters"], model.input_shape),
            ("answer", call["answer"], model.output_shape),
        ):
            report = ParamValidator().validate(value, shape).generate_report()
            if report:
                faults.append(f"{name}:{operation} {what}: {report}")
    json.dump(faults, sys.stdout)


main()
