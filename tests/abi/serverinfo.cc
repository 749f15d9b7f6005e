// SSL_CTX_use_serverinfo: which data and files are taken, and what a server then sends.
#include <openssl/pem.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "connections.h"

namespace {

using abi::Context;
using abi::line;
using abi::Pair;

constexpr unsigned kVersion1Context = 0x1d0;

std::string number(unsigned long value, int size) {
  std::string bytes;
  while (size-- > 0) bytes += static_cast<char>(value >> (8 * size));
  return bytes;
}

std::string version1(unsigned type, const std::string& content) {
  return number(type, 2) + number(content.size(), 2) + content;
}

std::string version2(unsigned context, unsigned type, const std::string& content) {
  return number(context, 4) + version1(type, content);
}

constexpr unsigned kContext = SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
                              SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS | SSL_EXT_TLS1_3_CERTIFICATE;

int use(SSL_CTX* ctx, unsigned version, const std::string& data) {
  return SSL_CTX_use_serverinfo_ex(
      ctx, version, reinterpret_cast<const unsigned char*>(data.data()), data.size());
}

int on_parse(SSL*, unsigned type, unsigned context, const unsigned char* in, std::size_t size,
             X509*, std::size_t chain, int*, void*) {
  line("client got " + std::to_string(type) + " in " + std::to_string(context) + " at " +
           std::to_string(chain),
       std::string(reinterpret_cast<const char*>(in), size));
  return 1;
}

int on_add_full(SSL*, unsigned, unsigned, const unsigned char** out, std::size_t* size, X509*,
                std::size_t, int*, void*) {
  static const unsigned char kContent[] = {'f'};
  *out = kContent;
  *size = 1;
  return 1;
}

void play(const std::string& title, const Context& server, int version, bool full = false) {
  const Context client = abi::make_client(version);
  for (const unsigned type : {3000u, 3001u}) {
    SSL_CTX_add_custom_ext(client.get(), type, kContext, full ? on_add_full : nullptr, nullptr,
                           nullptr, on_parse, nullptr);
  }
  SSL_CTX_set_min_proto_version(server.get(), version);
  SSL_CTX_set_max_proto_version(server.get(), version);
  SSL_SESSION* session = nullptr;
  for (int i = 0; i < 2; ++i) {
    Pair pair(client.get(), server.get());
    if (session != nullptr) SSL_set_session(pair.client.get(), session);
    SSL_SESSION_free(session);
    session = nullptr;
    if (!pair.handshake(title + " " + std::to_string(version))) break;
    pair.read_both();
    line(title + " resumed", SSL_session_reused(pair.client.get()));
    session = SSL_get1_session(pair.client.get());
  }
  SSL_SESSION_free(session);
}

void play_both(const std::string& title, const Context& server) {
  play(title, server, TLS1_2_VERSION);
  play(title, server, TLS1_3_VERSION);
}

void data() {
  const struct {
    const char* name;
    unsigned version;
    std::string data;
  } cases[] = {
      {"version 1", SSL_SERVERINFOV1, version1(3000, "abc")},
      {"version 1, two", SSL_SERVERINFOV1, version1(3000, "abc") + version1(3001, "")},
      {"version 1, two of a length", SSL_SERVERINFOV1,
       version1(3000, "abc") + version1(3001, "efghijkl")},
      {"version 1, cut", SSL_SERVERINFOV1, version1(3000, "abc").substr(0, 6)},
      {"version 1, too long", SSL_SERVERINFOV1, version1(3000, "abc") + "x"},
      {"version 1, built in", SSL_SERVERINFOV1, version1(0, "abc")},
      {"version 2", SSL_SERVERINFOV2, version2(kContext, 3000, "abc")},
      {"version 2, two", SSL_SERVERINFOV2,
       version2(kContext, 3000, "abc") + version2(kContext, 3001, "")},
      {"version 2, old context", SSL_SERVERINFOV2, version2(kVersion1Context, 3000, "abc")},
      {"version 2, twice", SSL_SERVERINFOV2,
       version2(kContext, 3000, "abc") + version2(kContext, 3000, "def")},
      {"version 2, built in", SSL_SERVERINFOV2, version2(kContext, 0, "abc")},
      {"version 2, cut", SSL_SERVERINFOV2, version2(kContext, 3000, "abc").substr(0, 9)},
      {"version 2, too long", SSL_SERVERINFOV2, version2(kContext, 3000, "abc") + "x"},
      {"version 0", 0, version2(kContext, 3000, "abc")},
      {"version 3", 3, version2(kContext, 3000, "abc")},
      {"empty", SSL_SERVERINFOV2, ""},
  };
  for (const auto& test : cases) {
    const Context server = abi::make_server(TLS1_3_VERSION);
    line(test.name, use(server.get(), test.version, test.data));
    play_both(test.name, server);
    line(std::string(test.name) + " again", use(server.get(), test.version, test.data));
  }
  const Context server = abi::make_server(TLS1_3_VERSION);
  line("old function",
       SSL_CTX_use_serverinfo(
           server.get(), reinterpret_cast<const unsigned char*>(version1(3000, "x").data()), 5));
  line("null", SSL_CTX_use_serverinfo(server.get(), nullptr, 3));
  line("no context",
       SSL_CTX_use_serverinfo(nullptr, reinterpret_cast<const unsigned char*>("abc"), 3));
  // A client's extension must be empty.
  play("not empty", server, TLS1_2_VERSION, true);
}

// It belongs to the certificate that is current.
void certificates() {
  const Context server = abi::make_context(TLS_server_method(), TLS1_3_VERSION);
  line("before a certificate", use(server.get(), 2, version2(kContext, 3000, "early")));
  SSL_CTX_use_certificate(server.get(), abi::certificate());
  SSL_CTX_use_PrivateKey(server.get(), abi::key());
  play_both("of another certificate", server);
  line("of this one", use(server.get(), 2, version2(kContext, 3001, "own")));
  play_both("of this certificate", server);
}

std::string pem(const std::string& name, const std::string& content) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio(bio, name.c_str(), "", reinterpret_cast<const unsigned char*>(content.data()),
                static_cast<long>(content.size()));
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  const std::string copy(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  return copy;
}

// `path` is that of a file to be written.
void files(const std::string& path) {
  const struct {
    const char* name;
    std::string text;
  } cases[] = {
      {"file 1", pem("SERVERINFO FOR x", version1(3000, "abc"))},
      {"file 2", pem("SERVERINFOV2 FOR x", version2(kContext, 3000, "abc"))},
      {"file of both", pem("SERVERINFO FOR x", version1(3000, "abc")) +
                           pem("SERVERINFOV2 FOR x", version2(kContext, 3001, "abc"))},
      {"file with another block",
       pem("SERVERINFO FOR x", version1(3000, "abc")) + pem("SOMETHING LONG ENOUGH", "abc")},
      {"short name", pem("SERVERINFO", version1(3000, "abc"))},
      {"name between", pem("SERVERINFOV2 FOR", version2(kContext, 3000, "abc"))},
      {"wrong name", pem("SERVERINFOV3 FOR x", version2(kContext, 3000, "abc"))},
      {"bad length", pem("SERVERINFO FOR x", version1(3000, "abc") + "x")},
      {"bad length 2", pem("SERVERINFOV2 FOR x", version2(kContext, 3000, "abc") + "x")},
      {"two in a block", pem("SERVERINFO FOR x", version1(3000, "abc") + version1(3001, "abc"))},
      {"too short", pem("SERVERINFO FOR x", "abc")},
      {"too short 2", pem("SERVERINFOV2 FOR x", "abcdefg")},
      {"built in", pem("SERVERINFO FOR x", version1(0, "abc"))},
      {"no block", "abc\n"},
      {"no text", ""},
  };
  for (const auto& test : cases) {
    std::ofstream(path) << test.text;
    const Context server = abi::make_server(TLS1_3_VERSION);
    line(test.name, SSL_CTX_use_serverinfo_file(server.get(), path.c_str()));
    play_both(test.name, server);
  }
  const Context server = abi::make_server(TLS1_3_VERSION);
  line("missing", SSL_CTX_use_serverinfo_file(server.get(), "/nonexistent/serverinfo"));
  line("null", SSL_CTX_use_serverinfo_file(server.get(), nullptr));
}

}  // namespace

// Takes the folder of its files.
int main(int, char** arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  data();
  certificates();
  files(std::string(arguments[1]) + "/serverinfo.pem");
  return 0;
}
