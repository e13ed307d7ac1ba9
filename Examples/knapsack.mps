* What to take along: values of five things whose weights may be 12 together.
NAME          knapsack
OBJSENSE
    MAX
ROWS
 N  value
 L  weight
COLUMNS
    MARKER    'MARKER'    'INTORG'
    tent      value      10   weight     5
    stove     value       6   weight     4
    rope      value       7   weight     3
    axe       value       5   weight     3
    book      value       2   weight     1
    MARKER    'MARKER'    'INTEND'
RHS
    RHS       weight     12
BOUNDS
 BV BND       tent
 BV BND       stove
 BV BND       rope
 BV BND       axe
 BV BND       book
ENDATA
