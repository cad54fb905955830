// What core loads late with a call is loaded before the tests: under a fake clock nothing else may decide how long a step takes.
import "../complete-result.js";
import "../describe-settings.js";
import "../failure.js";
import "../hosted-whole-calls.js";
import "../limits.js";
import "../message-fault.js";
import "../nearest-prefix.js";
import "../normalize-messages.js";
import "../normalize-schemas.js";
import "../output-reader.js";
import "../route-other-calls.js";
import "../route-late.js";
import "../routing-fault.js";
import "../structured-output.js";
