"""Whether a node of one drawing can take over what waits at a node of another, and the words when it cannot."""

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent

from workflows.engine.errors import Reason
from workflows.engine.nodes.instances import Repeated
from workflows.engine.nodes.specs import External, Manual, Person, Plain
from workflows.engine.nodes.timers import Timer
from workflows.engine.running.environment import source_of

BY_HAND = (Person, Manual, Plain)
WORDS = {
    "ended": ("the case has ended", "办件已经办结"),
    "unknown_source": ("the plan names a node that the old drawing does not have", "对应关系中的环节不在旧流程图内"),
    "unknown_target": ("the new drawing has no node {to}", "新流程图中没有环节 {to}"),
    "gone": ("work waits here, and the new drawing has no such node", "有工作停留在此环节，而新流程图中已没有该环节"),
    "scope": ("{to} lies in another (sub-)process there", "{to} 在新流程图中属于另一（子）流程"),
    "kind": ("{to} is of another kind ({old}, now {new})", "{to} 的类型不同（原为 {old}，现为 {new}）"),
    "topic": ("{to} asks another machine ({old}, now {new})", "{to} 调用的系统服务不同（原为 {old}，现为 {new}）"),
    "repetition": ("{to} is repeated in another way", "{to} 的重复办理方式不同"),
    "merged": ("{old} and this node both have open work and would become one", "{old} 与此环节都有未完成工作，却对应同一环节"),
    "way_gone": ("a branch has reached this join by a way that is gone", "已有分支到达此汇聚网关，而其到达路径已不存在"),
    "ways_merged": ("two branches that have reached this join would come by one way", "到达此汇聚网关的两个分支将合并为同一路径"),
    "join_unfilled": ("this join could never be filled", "此汇聚网关将永远无法汇齐"),
    "not_parallel": ("this node and {old} are both open and no longer run side by side", "此环节与 {old} 均未完成，而新流程图中二者不再并行"),
    "kept": ("work was kept when a token was sent back, on a way that is gone", "退回时保留的分支在新流程图中已不存在"),
    "events_gone": ("none of the events waited for here is left", "此处等待的事件在新流程图中均已不存在"),
    "stuck": ("nothing would wait any more and the case would not end", "迁移后将无任何待办，办件也无法办结"),
}  # fmt: skip


def reason(code: str, node: Any, node_id: str, **words: object) -> Reason:
    """A reason in both languages."""
    english, chinese = (text.format(**words) for text in WORDS[code])
    return Reason(code, node_id, node.name if node is not None else "", english, chinese)


def called(drawing: Any, node: str) -> str:
    """What people call a node of a drawing; its id where it has no name."""
    known = drawing.nodes.get(node)
    return str(known.name or node) if known is not None else node


def difference(old: Any, new: Any) -> tuple[str, dict[str, object]] | None:
    """Why a spec cannot take over from another: a code and its words; None when it can."""
    if isinstance(old, Repeated) or isinstance(new, Repeated):
        if type(old) is not type(new) or getattr(old, "sequential", None) != getattr(new, "sequential", None):
            return "repetition", {}
        return difference(*(spec._wf_spec.task_specs[spec.task_spec] for spec in (old, new)))  # noqa: SLF001
    kinds: dict[str, object] = {"old": kind_of(old), "new": kind_of(new)}
    if isinstance(old, BY_HAND) and isinstance(new, BY_HAND):
        return None
    if type(old) is not type(new) or event_kind(old) is not event_kind(new):
        return "kind", kinds
    if isinstance(old, External) and old.node and new.node and old.node.topic != new.node.topic:
        return "topic", {"old": old.node.topic, "new": new.node.topic}
    return None


def event_kind(spec: Any) -> type | None:
    """What kind of event a spec waits for, if it waits for one."""
    return type(spec.event_definition) if isinstance(spec, CatchingEvent) else None


def kind_of(spec: Any) -> str:
    """A spec's BPMN element."""
    return spec.node.kind if spec.node is not None else type(spec).__name__


def retimed(old: Any, new: Any) -> bool:
    """Whether a timer says something else than it did, so that its moment has to be computed anew."""
    one, other = old.event_definition, new.event_definition
    if not isinstance(one, Timer) or not isinstance(other, Timer):
        return False
    return (source_of(one.expression), one.manner) != (source_of(other.expression), other.manner)
