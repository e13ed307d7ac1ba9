#include "trace_context.h"

static _Thread_local int32_t depth;
static _Thread_local int32_t recording_floor;
static _Thread_local int32_t evaluation_depth;

int32_t ck_trace_depth(void) { return depth; }
void ck_set_trace_depth(int32_t value) { depth = value; }
int32_t ck_trace_floor(void) { return recording_floor; }
void ck_set_trace_floor(int32_t value) { recording_floor = value; }
int32_t ck_evaluation_depth(void) { return evaluation_depth; }
void ck_set_evaluation_depth(int32_t value) { evaluation_depth = value; }
