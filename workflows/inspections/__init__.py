"""Inspections of social organisations by the year and by lot: who is in scope, one case each, and draws that anybody can repeat.

What happens in a case is drawn (`bpmn/annual_inspection`, `bpmn/random_inspection`); here stands only what no single case can do.
"""
