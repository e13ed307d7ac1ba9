#if 1

#define CK_NAME(name) name##_baseline
#define CK_THIS_SET CK_BASELINE
#include "table.inc"

#else
// ISO C wants a translation unit to declare something.
typedef int ck_no_baseline;
#endif
