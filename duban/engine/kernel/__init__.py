"""The kernel: SpiffWorkflow made right and fast by subclass and class swap (docs/decisions/0001-kernel-by-subclass.md).

``tasks`` one token's stay · ``workflow`` a case and its scopes · ``specs`` prepares what the parser built ·
``activities`` ``gateways`` ``joins`` ``loops`` ``scopes`` ``events`` what each element does · ``merge`` three-way
merges · ``prune`` forgets history · ``state`` the stored form · ``record`` what happened in a step.
"""
