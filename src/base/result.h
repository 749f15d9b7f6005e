// How every layer reports failure: an Error is born where the rule is broken and travels up
// unchanged.
#pragma once

#include <cstdint>
#include <expected>
#include <utility>

namespace ciao::tls {

// Defined in wire/codepoints.h; declared here so that an Error can carry the alert it causes.
enum class AlertDescription : std::uint8_t;

// The word for what went wrong: OpenSSL's SSL_R_ reasons in lower case, with their numbers, and
// after them the library-wide reasons (ERR_R_) that a protocol rule can end in. libssl/raise.cc
// turns them into error queue entries.
enum class Reason : std::uint16_t {
  none = 0,
#define CIAO_REASON(word, upper, number, text) word = number,
#include "base/reasons.def"
#undef CIAO_REASON
  internal_error = 60001,
  malloc_failure = 60002,
  asn1_lib = 60003,
  evp_lib = 60004,
  passed_null_parameter = 60006,
  should_not_have_been_called = 60007,
  unsupported = 60008,
  passed_invalid_argument = 60009,
  err_x509_lib = 60010,
  err_pem_lib = 60011,
  err_sys_lib = 60012,
  err_buf_lib = 60013,
  err_crypto_lib = 60014,
  err_engine_lib = 60015,
};

// What is to be done about an error on the wire. An alert is sent once, by Connection::fail.
enum class OnWire : std::uint8_t { send_alert, silent };

struct Error {
  Reason reason = Reason::none;
  AlertDescription alert{};
  OnWire on_wire = OnWire::send_alert;
};
static_assert(sizeof(Error) == 4);

// The fault is on our side of the wire: what cannot be was about to happen. (The alert's number is
// compared in wire/codepoints.h.)
constexpr Error internal_error() { return {Reason::internal_error, AlertDescription{80}}; }

// An error after which nothing is sent: the peer closed, cannot understand us, or already told us
// of its own failure.
constexpr Error silent_error(Reason reason) { return {reason, AlertDescription{}, OnWire::silent}; }

// std::expected with [[nodiscard]], which libstdc++'s own lacks.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  // Implicit, so that a function can simply return an Error.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : std::expected<T, Error>(std::unexpect, error) {}
  Result(const Result&) = default;
  Result(Result&&) noexcept = default;
  Result& operator=(const Result&) = default;
  Result& operator=(Result&&) noexcept = default;
  // Not trivial, so that a small result travels in memory: packed into a register it is written
  // byte by byte and read as a whole at once, a stall of some 15 cycles that the dozen results on
  // the way of one record add up to a sixth of its cost.
  ~Result() {}  // NOLINT(modernize-use-equals-default)
};

namespace detail {
template <class T>
T take(Result<T>& result) {
  return std::move(*result);
}
inline void take(Result<void>&) {}
}  // namespace detail

}  // namespace ciao::tls

// The value of a Result, or return its error from the calling function. The only control-flow
// macro.
#define TRY(expression) CIAO_TRY_IMPL(expression, CIAO_TRY_NAME(try_result_, __COUNTER__))
#define CIAO_TRY_NAME(prefix, number) CIAO_TRY_NAME_IMPL(prefix, number)
#define CIAO_TRY_NAME_IMPL(prefix, number) prefix##number
#define CIAO_TRY_IMPL(expression, result) \
  __extension__({                         \
    auto result = (expression);           \
    if (!result) return result.error();   \
    ::ciao::tls::detail::take(result);    \
  })
