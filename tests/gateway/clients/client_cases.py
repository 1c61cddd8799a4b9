"""Cases: what a client is made with, and the calls that it makes, for any language."""

MODEL = "gpt-image-1"


def portkey(served, *calls, **options):
    return _case("portkey", served, calls, options)


def openai(served, *calls, headers=None, **options):
    """Name what `createHeaders` gets as `headers`."""
    case = _case("openai", served, calls, {"api_key": "sk-caller", **options})
    return case if headers is None else {**case, "headers": headers}


def azure(served, *calls, **options):
    return _case("azure", served, calls, {"api_version": "2025-04-01-preview", **options})


def _case(sdk, served, calls, options):
    return {
        "sdk": sdk,
        "url": served.url,
        "root": served.root,
        "options": options,
        "calls": list(calls) or [generate()],
    }


def generate(prompt="a red kite", *, using=None, **body):
    """`using` is what only this call is made with."""
    return _call("generate", {"prompt": prompt, "model": MODEL, **body}, {}, using)


def edit(prompt="a red kite", *, image, using=None, mask=None, **body):
    files = {"image": image} if mask is None else {"image": image, "mask": mask}
    return _call("edit", {"prompt": prompt, "model": MODEL, **body}, files, using)


def variation(*, image, using=None, **body):
    return _call("variation", {"model": "dall-e-2", **body}, {"image": image}, using)


def models():
    """List them."""
    return _call("models", {}, {}, None)


def where():
    """Tell where the client looks for its gateway."""
    return _call("where", {}, {}, None)


def _call(do, body, files, using):
    call = {"do": do, "body": body, "files": files}
    return call if using is None else {**call, "with": using}
