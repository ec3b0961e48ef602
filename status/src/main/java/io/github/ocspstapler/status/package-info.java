/** The status page of a stapler, on an HTTP server of its own. */
package io.github.ocspstapler.status;
