#if defined(__aarch64__)

#define CK_NAME(name) name##_neon
#define CK_THIS_SET CK_NEON
#include "table.inc"

#else
// ISO C wants a translation unit to declare something.
typedef int ck_no_neon;
#endif
