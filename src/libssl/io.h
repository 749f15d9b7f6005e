// The bodies of SSL_read and SSL_write, for those that do nearly the same.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>

namespace ciao::tls {

enum class Take : bool { consume, peek };

// 1 with `*taken` set, or 0 or -1 as SSL_read(3) has it.
int read_data(SSL* ssl, void* buffer, std::size_t size, Take take, std::size_t* taken);

// What a record belongs to: early data is counted, and may leave together with the ClientHello.
enum class Sending : bool { data, early_data };

// Seals all of it and hands it to the BIO; a write that blocked is gone on with. 1 with `*written`
// set, or -1.
int write_records(SSL* ssl, const void* buffer, std::size_t size, Sending sending,
                  std::size_t* written);

// Whether the connection may send at all: 1, or what SSL_write answers.
int check_writable(SSL* ssl);

}  // namespace ciao::tls
