// What one sequence of calls works on: contexts, both ends of a connection and sessions, all new
// for each sequence; and the means to call a function and write down what it came to.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../closing/pipe_bio.h"
#include "arguments.h"
#include "identities.h"
#include "trace.h"
#include "wire.h"

namespace ciao::differential {

enum Role : size_t { kClient, kServer, kOther };  // kOther: a second context for servers

// An argument that is written down in other words than its value.
template <class T>
struct Named {
  T value;
  std::string text;
};

template <class T>
Named<T> named(T value, std::string text) {
  return {value, std::move(text)};
}

template <class T>
T bare(T value) {
  return value;
}
template <class T>
T bare(const Named<T>& argument) {
  return argument.value;
}

// What the callbacks answer. Operations choose it; the callbacks are in callbacks.cc.
struct Answers {
  int verify = 1;
  int certificate = 1;
  int client_hello = 1;
  int server_name = 0;
  int alpn = 0;
  int ticket_key = 1;
  int decrypt_ticket = 2;
  int early_data = 1;
  int keep_session = 0;
  int status = 0;
  int custom = 1;
  bool psk = false;
  bool switch_context = false;
};

// What the session of a handshake holds that has not come to its end is not compared, but what
// becomes of it is. Copies keep the mark.
void mark_unfinished(SSL_SESSION* session);
bool is_unfinished(const SSL_SESSION* session);

struct End {
  SSL* ssl = nullptr;
  closing::PipeEnd pipe;
  Wire wire;
  std::string state;         // as last written down
  bool established = false;  // since it began
  int blocked = 0;           // the size of a write that has to be repeated as it was
};

class World {
 public:
  World(const Identities& identities, Trace& trace);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  // The world that a callback belongs to.
  static World& current();

  // Draws one of the objects.
  SSL* connection(Arguments& draw) { return end[draw.below(2)].ssl; }
  SSL_CTX* any_context(Arguments& draw) { return context[draw.below(10) < 9 ? draw.below(2) : 2]; }
  SSL_SESSION*& any_session(Arguments& draw) { return session[draw.below(std::size(session))]; }

  void connect();     // new connections, joined, with their roles
  void disconnect();  // frees them
  void start_over();  // SSL_clear for both, over an empty pipe
  void handshake(int rounds);
  // One call of the server's for early data; it has to be repeated until there is no more.
  int read_early_data(size_t size);
  // Whether there is nothing else to do than to go on with early data (SSL_read_early_data(3)).
  bool in_early_data(const SSL* ssl) const;

  // Calls, and writes down the arguments, the result and what is left in the error queue.
  template <class F, class... A>
  auto invoke(const char* name, F function, A... arguments) {
    std::string text = name;
    text += '(';
    const char* comma = "";
    ((text += comma, text += show(arguments), comma = ", "), ...);
    text += ')';
    ERR_clear_error();
    if constexpr (std::is_void_v<decltype(function(bare(arguments)...))>) {
      function(bare(arguments)...);
      trace_.line(text + take_errors());
    } else {
      const auto result = function(bare(arguments)...);
      trace_.line(text + " = " + show(result) + take_errors());
      return result;
    }
  }

  // Whether a handshake has begun, and has neither ended nor failed: of one end, or of any.
  static bool is_in_handshake(const SSL* ssl);
  bool is_in_handshake() const;
  // Whether another handshake than the first one is asked for or under way.
  bool is_renegotiating() const;
  // Whether both ends are established, nothing is under way between them and nothing is in the way.
  bool is_quiet() const;

  // Whether a fatal error has ended a connection. SSL_get_error(3) forbids to read, write or shut
  // down after it: only SSL_clear, SSL_free and questions are left.
  static bool has_failed(const SSL* ssl) {
    return SSL_state_string(ssl) == std::string_view("SSLERR");
  }

  // The same for a call that SSL_get_error explains. Not made on a connection that has failed.
  template <class F, class... A>
  int transfer(const char* name, F function, SSL* ssl, A... arguments) {
    if (has_failed(ssl)) return -1;
    std::string text = name;
    text += '(' + show(ssl);
    ((text += ", " + show(arguments)), ...);
    text += ')';
    ERR_clear_error();
    const int result = function(ssl, bare(arguments)...);
    const int error = SSL_get_error(ssl, result);
    if (!silent_) trace_.line(text + " = " + show(result) + error_name(error) + take_errors());
    return result;
  }

  void note(const std::string& text) {
    if (!silent_) trace_.line("  " + text);
  }

  // What has changed since the last call: the states of both ends, and what went over the wire.
  void settle();

  template <class T>
  std::string show(const Named<T>& argument) const {
    return argument.text;
  }
  template <class T>
  std::string show(T value) const {
    if constexpr (std::is_same_v<T, const char*> || std::is_same_v<T, char*>) {
      return quoted(value);
    } else if constexpr (std::is_same_v<T, const SSL_CIPHER*>) {
      return value == nullptr ? "NULL" : SSL_CIPHER_get_name(value);
    } else if constexpr (std::is_null_pointer_v<T>) {
      return "NULL";
    } else if constexpr (std::is_pointer_v<T>) {
      if constexpr (std::is_function_v<std::remove_pointer_t<T>>) {
        return value == nullptr ? "NULL" : "callback";
      } else {
        return value == nullptr ? "NULL" : name_of(value);
      }
    } else {
      return std::to_string(value);
    }
  }
  std::string name_of(const void* object) const;
  static const char* error_name(int error);

  const Identities& identities;
  SSL_CTX* context[3] = {};
  End end[2];
  SSL_SESSION* session[3] = {};
  Answers answers;
  size_t capacity = 0;  // of the pipe, both ways; 0 is no limit
  bool exact = false;   // whether the lengths of records are written down
  bool early = false;   // whether the connections have been used for early data
  size_t early_written = 0;
  bool over = false;  // what comes next depends on how many bytes something came to

 private:
  std::string state_of(SSL* ssl) const;
  void narrow_handshake();

  Trace& trace_;
  bool silent_ = false;
  bool reading_early_ = false;
};

}  // namespace ciao::differential

// Calls a function or a macro of <openssl/ssl.h> by its name.
#define CALL1(world, name, ...) (world).invoke(#name, [](auto a) { return name(a); }, __VA_ARGS__)
#define CALL2(world, name, ...) \
  (world).invoke(#name, [](auto a, auto b) { return name(a, b); }, __VA_ARGS__)
#define CALL3(world, name, ...) \
  (world).invoke(#name, [](auto a, auto b, auto c) { return name(a, b, c); }, __VA_ARGS__)
#define CALL4(world, name, ...) \
  (world).invoke(               \
      #name, [](auto a, auto b, auto c, auto d) { return name(a, b, c, d); }, __VA_ARGS__)
// A function of any number of arguments, no macro.
#define CALL(world, name, ...) (world).invoke(#name, name, __VA_ARGS__)
#define TRANSFER(world, name, ...) (world).transfer(#name, name, __VA_ARGS__)
