// One side of TLS 1.2 connections, as standard input asks for them; compare12.py has workers on
// either library talk to each other. Each command is a line, and so is each answer, which begins
// with "ok" or "failed".
//   serve SHAPE id|ticket CONTEXT   listens, says "port N", then takes one connection; CONTEXT is
//                                   `shared` or a name: see server_context
//   connect SHAPE PORT IN OUT       connects, in IN's session if that is not "-"; writes OUT
//   copy IN OUT                     reads a session and writes it again
// Sessions are files in PEM. A finished connection is told of by what both libraries have to agree
// on: "ok reused=1 ...; SESSION", where SESSION is the DER with what is random left out.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "libssl/owned_for_tests.h"
#include "shapes.h"

namespace sessions {
namespace {

using namespace ciao::tls::testing;

constexpr unsigned kSecondsPerCommand = 20;
std::string folder;

std::string hex(const unsigned char* data, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[data[i] >> 4];
    text += kDigits[data[i] & 15];
  }
  return text;
}

std::vector<unsigned char> encode(const SSL_SESSION* session) {
  unsigned char* out = nullptr;
  const int size = i2d_SSL_SESSION(session, &out);
  std::vector<unsigned char> der;
  if (size > 0) der.assign(out, out + size);
  OPENSSL_free(out);
  return der;
}

// --- the DER of a session ---

// The universal fields that are random, by their place: the id and the master secret. Of the
// others, by their tag: time, ticket.
bool is_random(std::size_t place, unsigned char tag) {
  return place == 3 || place == 4 || tag == 0xa1 || tag == 0xaa;
}

struct Field {
  unsigned char tag;
  const unsigned char* content;
  std::size_t size;
};

// Of DER with lengths below 64 KiB, which i2d_SSL_SESSION has written.
Field next_field(const unsigned char*& at) {
  Field field{*at++, nullptr, *at++};
  if (field.size >= 0x80) {
    std::size_t bytes = field.size - 0x80;
    for (field.size = 0; bytes > 0; --bytes) field.size = field.size << 8 | *at++;
  }
  field.content = at;
  at += field.size;
  return field;
}

std::string outline(const SSL_SESSION* session) {
  const std::vector<unsigned char> der = encode(session);
  if (der.empty()) return "none";
  const unsigned char* at = der.data();
  const Field whole = next_field(at);
  std::ostringstream text;
  at = whole.content;
  for (std::size_t place = 0; at < whole.content + whole.size; ++place) {
    const Field field = next_field(at);
    text << ' ' << hex(&field.tag, 1) << ':' << field.size;
    if (!is_random(place, field.tag)) text << '=' << hex(field.content, field.size);
  }
  return text.str();
}

// --- what both libraries say of a connection ---

std::string peer_name(SSL* ssl) {
  const X509* peer = SSL_get0_peer_certificate(ssl);
  if (peer == nullptr) return "";
  char name[100] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, sizeof name);
  return name;
}

const char* text_of(const char* text) { return text != nullptr ? text : ""; }

std::string story(SSL* ssl) {
  SSL_SESSION* session = SSL_get_session(ssl);
  const unsigned char* protocol = nullptr;
  unsigned protocol_size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &protocol_size);
  void* note = nullptr;
  std::size_t note_size = 0;
  SSL_SESSION_get0_ticket_appdata(session, &note, &note_size);
  std::ostringstream text;
  text << "ok reused=" << SSL_session_reused(ssl) << " version=" << SSL_get_version(ssl)
       << " suite=" << SSL_get_cipher_name(ssl) << " ems=" << SSL_get_extms_support(ssl)
       << " peer='" << peer_name(ssl) << "' verify=" << SSL_get_verify_result(ssl)
       << " alpn=" << hex(protocol, protocol_size) << " name='"
       << text_of(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) << "' host='"
       << text_of(SSL_SESSION_get0_hostname(session))
       << "' fragment=" << int{SSL_SESSION_get_max_fragment_length(session)} << " hint='"
       << text_of(SSL_get_psk_identity_hint(ssl)) << "' identity='"
       << text_of(SSL_get_psk_identity(ssl)) << "' ticket=" << SSL_SESSION_has_ticket(session)
       << " resumable=" << SSL_SESSION_is_resumable(session)
       << " timeout=" << SSL_SESSION_get_timeout(session) << " note='"
       << std::string(static_cast<const char*>(note), note_size) << "'";
  return text.str() + ";" + outline(session);
}

std::string failure(const char* what) {
  std::string text = std::string("failed: ") + what;
  while (const unsigned long error = ERR_get_error()) {
    text += std::string("; ") + text_of(ERR_reason_error_string(error));
  }
  return text;
}

// --- sessions in files ---

Session read_session(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "r");
  if (file == nullptr) return nullptr;
  Session session(PEM_read_SSL_SESSION(file, nullptr, nullptr, nullptr));
  std::fclose(file);
  return session;
}

bool write_session(const std::string& path, SSL_SESSION* session) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  const bool written = PEM_write_SSL_SESSION(file, session) == 1;
  return std::fclose(file) == 0 && written;
}

// The store that servers of both libraries share: a file of DER for each id.
std::string stored(const unsigned char* id, std::size_t size) {
  return folder + "/stored-" + hex(id, size);
}

int store_session(SSL*, SSL_SESSION* session) {
  unsigned size = 0;
  const unsigned char* id = SSL_SESSION_get_id(session, &size);
  const std::vector<unsigned char> der = encode(session);
  std::ofstream file(stored(id, size), std::ios::binary);
  file.write(reinterpret_cast<const char*>(der.data()), static_cast<std::streamsize>(der.size()));
  return 0;
}

SSL_SESSION* find_session(SSL*, const unsigned char* id, int size, int* copy) {
  *copy = 0;
  std::ifstream file(stored(id, static_cast<std::size_t>(size)), std::ios::binary);
  const std::string der((std::istreambuf_iterator<char>(file)), {});
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return der.empty() ? nullptr : d2i_SSL_SESSION(nullptr, &at, static_cast<long>(der.size()));
}

// --- servers ---

// `shared`: the store and the ticket keys are those of all servers. Any other name is one context
// that stays for the next command, with a cache and keys of its own.
Context make_server(const Shape& shape, bool by_id, bool shared) {
  Context ctx(SSL_CTX_new(TLS_server_method()));
  set_server(ctx.get(), shape, folder);
  if (by_id) SSL_CTX_set_options(ctx.get(), SSL_OP_NO_TICKET);
  if (!shared) return ctx;
  unsigned char keys[80];
  for (unsigned char i = 0; i < sizeof keys; ++i) keys[i] = static_cast<unsigned char>(3 * i + 1);
  SSL_CTX_set_tlsext_ticket_keys(ctx.get(), keys, sizeof keys);
  SSL_CTX_set_session_cache_mode(ctx.get(), SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(ctx.get(), store_session);
  SSL_CTX_sess_set_get_cb(ctx.get(), find_session);
  return ctx;
}

SSL_CTX* server_context(const Shape& shape, bool by_id, const std::string& name) {
  static std::map<std::string, Context> contexts;
  if (name == "shared" || !contexts.contains(name)) {
    contexts.clear();
    contexts[name] = make_server(shape, by_id, name == "shared");
  }
  return contexts[name].get();
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Each side waits for the other's few bytes.
void send_at_once(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// A connection to one client, once its port has been told.
int take_connection() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  int fd = -1;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      listen(listener, 1) == 0 &&
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    std::cout << "port " << ntohs(address.sin_port) << std::endl;
    fd = accept(listener, nullptr, nullptr);
    send_at_once(fd);
  }
  close(listener);
  return fd;
}

// The client speaks first, and both sides close: so that all sessions stay resumable.
std::string serve(std::istringstream& words) {
  std::string name;
  std::string way;
  std::string context;
  words >> name >> way >> context;
  const Shape* shape = find_shape(name);
  if (shape == nullptr) return failure("no such shape");
  const Connection ssl(SSL_new(server_context(*shape, way == "id", context)));
  const int fd = take_connection();
  SSL_set_fd(ssl.get(), fd);
  char byte = 0;
  std::string answer;
  if (SSL_accept(ssl.get()) != 1) {
    answer = failure("accept");
  } else if (SSL_read(ssl.get(), &byte, 1) != 1 || SSL_write(ssl.get(), &byte, 1) != 1) {
    answer = failure("data");
  } else {
    answer = story(ssl.get());
  }
  while (SSL_read(ssl.get(), &byte, 1) > 0) {
  }
  SSL_shutdown(ssl.get());
  close(fd);
  ERR_clear_error();
  return answer;
}

// --- clients ---

std::string talk(SSL* ssl, const std::string& out) {
  char byte = '=';
  if (SSL_connect(ssl) != 1) return failure("connect");
  if (SSL_write(ssl, &byte, 1) != 1 || SSL_read(ssl, &byte, 1) != 1) return failure("data");
  const std::string answer = story(ssl);
  if (SSL_shutdown(ssl) < 0 || SSL_shutdown(ssl) != 1) return failure("shutdown");
  return write_session(out, SSL_get_session(ssl)) ? answer : failure("write");
}

std::string connect_to(std::istringstream& words) {
  std::string name;
  std::string in;
  std::string out;
  std::uint16_t port = 0;
  words >> name >> port >> in >> out;
  const Shape* shape = find_shape(name);
  if (shape == nullptr) return failure("no such shape");
  const Context ctx(SSL_CTX_new(TLS_client_method()));
  set_client(ctx.get(), *shape, folder);
  const Connection ssl(SSL_new(ctx.get()));
  if (shape->host != nullptr) SSL_set_tlsext_host_name(ssl.get(), shape->host);
  if (in != "-") {
    const Session session = read_session(in);
    if (!session || SSL_set_session(ssl.get(), session.get()) != 1) return failure("session");
  }
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failure("socket");
  }
  send_at_once(fd);
  SSL_set_fd(ssl.get(), fd);
  const std::string answer = talk(ssl.get(), out);
  close(fd);
  ERR_clear_error();
  return answer;
}

std::string copy(std::istringstream& words) {
  std::string in;
  std::string out;
  words >> in >> out;
  const Session session = read_session(in);
  return session && write_session(out, session.get()) ? "ok" : failure("copy");
}

std::string carry_out(const std::string& line) {
  std::istringstream words(line);
  std::string command;
  words >> command;
  if (command == "serve") return serve(words);
  if (command == "connect") return connect_to(words);
  if (command == "copy") return copy(words);
  return failure("no such command");
}

}  // namespace
}  // namespace sessions

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  sessions::folder = argv[1];
  std::signal(SIGPIPE, SIG_IGN);
  for (std::string line; std::getline(std::cin, line);) {
    alarm(sessions::kSecondsPerCommand);  // whoever waits for the other side in vain
    const std::string answer = sessions::carry_out(line);
    std::cout << answer << std::endl;
    alarm(0);
  }
  return 0;
}
