// What core loads late with a call is loaded before the tests: under a fake clock nothing else may decide how long a step takes.
import "../failure.js";
import "../hosted-other-calls.js";
import "../message-fault.js";
import "../nearest-prefix.js";
import "../normalize-schemas.js";
import "../route-other-calls.js";
import "../routing-fault.js";
import "../structured-output.js";
