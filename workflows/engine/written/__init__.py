"""The files of a drawing as their author wrote them: XML, FEEL texts, times, and which BPMN elements run."""
