"""`lanthorn.report`: how good a model is and where it errs, on one page that needs nothing else."""

from .making import Report as Report
from .making import report as report
