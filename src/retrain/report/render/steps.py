"""What ran, and how to reproduce it."""

from retrain.report.render.markdown import cut, fence, paragraphs, text
from retrain.report.render.numbers import seconds
from retrain.report.schema import Facts
from retrain.run.outputs import Step

STEPS = 12


def steps(facts: Facts) -> str:
    if not facts.steps:
        return ""
    total = seconds(sum(step.seconds for step in facts.steps))
    return f"**What ran, in {total}:** {' · '.join(cut(facts.steps, STEPS, _step))}"


def _step(step: Step) -> str:
    return f"{text(step.stage, 40)} {seconds(step.seconds) if step.state == 'ran' else step.state}"


def reproduce(facts: Facts) -> str:
    built = facts.built
    steps = [] if built.edited else [f"git checkout {built.commit}"]
    steps += ["make ingest"] if built.new_data else []
    champion = f" CHAMPION={built.champion}" if built.champion else ""
    if built.context:  # which is compared with the model for all
        steps += ["make train", f".venv/bin/retrain run --context {built.context}"]
    else:
        steps.append(f"make judge BASE={built.base}{champion}")
    title = (
        "Reproduce it, with the files that are not committed" if built.edited else "Reproduce it"
    )
    return paragraphs(f"**{title}:**", fence(" && ".join(steps), "sh"))
