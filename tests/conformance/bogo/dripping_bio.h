// A filter BIO that lets through only what it was allowed, so that every byte is a chance to be
// interrupted and to go on again.
#pragma once

#include <openssl/bio.h>

#include <cstddef>

namespace shim {

// Everything is refused (with the retry flag) until it is allowed. Null if memory is short.
BIO* make_dripping_bio();

void allow_read(BIO* dripping, std::size_t bytes);
void allow_write(BIO* dripping, std::size_t bytes);

}  // namespace shim
