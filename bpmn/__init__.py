"""The drawings: BPMN, DMN and FEEL, as data and as the few lines that read it."""
