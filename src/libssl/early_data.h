// Early data in the C interface: where SSL_write_early_data(3) and SSL_read_early_data(3) stand
// between calls, and what the other calls make of it.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>

namespace ciao::tls {

enum class EarlyCalls : std::uint8_t {
  none,
  connecting,     // SSL_write_early_data is running the handshake up to its pause
  connect_retry,  // and is to be repeated
  writing,
  write_flush,       // everything is sealed, and the BIO has not taken it
  finished_writing,  // another call has gone on with the handshake
  accepting,         // SSL_read_early_data is running the handshake up to its pause
  accept_retry,
  read_retry,
  reading,  // SSL_read_early_data is at work
  finished_reading,
  stateless,  // SSL_stateless is running the handshake up to its pause
};

// SSL_read_early_data has read EndOfEarlyData: what comes now is not early any more.
bool early_reading_ended(const SSL* ssl);

// What a call means to do.
enum class EarlyUse : std::uint8_t { handshake, read, peek, write };

// False, with an error raised, for a call between repetitions of one of the two functions.
bool early_data_allows(SSL* ssl, EarlyUse use);

// Ends a pause of the handshake that this call cannot wait in.
void leave_early_data(SSL* ssl, EarlyUse use);

// The handshake pauses: true when the call that drives it wants it to. Otherwise it goes on.
bool pauses_for_early_data(SSL* ssl);

}  // namespace ciao::tls
