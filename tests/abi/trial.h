// One connection with one setting, and what is seen of it on the wire and in the results of calls.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <string>
#include <vector>

#include "connections.h"

namespace abi {

// What one side sent, by its message callback, and the alerts that it sent and got.
struct Watch {
  std::string messages;  // handshake messages by number, and change_cipher_spec
  std::string alerts;
  std::string hello;                 // its last ClientHello or ServerHello, with its header
  std::vector<std::size_t> records;  // what the headers of its application data say
};

class Trial {
 public:
  Trial(std::string title, int version, bool rsa = false);

  SSL_CTX* client_ctx() const { return client_ctx_.get(); }
  SSL_CTX* server_ctx() const { return server_ctx_.get(); }
  // The connections are made by the first call.
  SSL* client() { return pair().client.get(); }
  SSL* server() { return pair().server.get(); }
  const Watch& sent_by_client() const { return watches_[0]; }
  const Watch& sent_by_server() const { return watches_[1]; }
  const std::string& title() const { return title_; }

  // Ends both.
  void release() { pair_.reset(); }

  // Drives both ends and shows what became of them.
  bool shake();
  void show(const std::string& what, const auto& value) { line(title_ + " " + what, value); }

 private:
  Pair& pair();

  std::string title_;
  Context client_ctx_, server_ctx_;
  Watch watches_[2];
  std::unique_ptr<Pair> pair_;
};

EVP_PKEY* rsa_key();
X509* rsa_certificate();

enum class End { client, server };

// A setting in its two forms. Where there is only one, the other is empty.
struct Setting {
  End end = End::client;
  std::function<void(SSL_CTX*)> on_context = {};
  std::function<void(SSL*)> on_connection = {};
};
Setting option(End end, std::uint64_t bits);
Setting cleared_option(End end, std::uint64_t bits);
Setting mode(End end, unsigned bits);

// What a setting is tried in.
struct Scene {
  int version = TLS1_3_VERSION;
  bool rsa = false;
  std::function<void(Trial&)> before = {};  // of the contexts
  std::function<void(Trial&)> after = {};   // behind the handshake that succeeded
};
// Left out, made on the context, made on the connection: one that has no effect shows three times
// the same.
void try_setting(const std::string& title, const Scene& scene, const Setting& setting);

// Numbers of the extensions in a ClientHello or ServerHello, as they stand there or in ascending
// order.
std::vector<int> extensions_in_order(const std::string& hello);
std::vector<int> extensions_of(const std::string& hello);
std::size_t session_id_size(const std::string& hello);
// The 32 bytes of a hello's random.
std::string random_of(const std::string& hello);

std::string list(const auto& numbers) {
  std::string text;
  for (const auto number : numbers) text += " " + std::to_string(number);
  return text;
}

}  // namespace abi
