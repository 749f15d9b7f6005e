#include "libssl/raise.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstring>
#include <string>

namespace ciao::tls {
namespace {

struct Entry {
  unsigned long code;
  std::string file;
  int line;
  std::string function;
  std::string data;
};

Entry take_entry() {
  const char* file = "";
  const char* function = "";
  const char* data = "";
  int line = 0;
  int flags = 0;
  const unsigned long code = ERR_get_error_all(&file, &line, &function, &data, &flags);
  return {code, file, line, function, (flags & ERR_TXT_STRING) != 0 ? data : ""};
}

class RaiseTest : public ::testing::Test {
 protected:
  void SetUp() override { ERR_clear_error(); }
  void TearDown() override { ERR_clear_error(); }
};

TEST_F(RaiseTest, EntryCarriesLibraryReasonAndPlace) {
  const int line = __LINE__ + 1;
  raise(Reason::wrong_version_number);
  const Entry entry = take_entry();
  EXPECT_EQ(ERR_GET_LIB(entry.code), ERR_LIB_SSL);
  EXPECT_EQ(ERR_GET_REASON(entry.code), SSL_R_WRONG_VERSION_NUMBER);
  EXPECT_EQ(entry.line, line);
  EXPECT_TRUE(entry.file.ends_with("src/libssl/raise_test.cc")) << entry.file;
  EXPECT_FALSE(entry.file.starts_with("/")) << entry.file;
  EXPECT_EQ(entry.function, "TestBody");
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST_F(RaiseTest, ErrorOfTheEngineIsRaisedByItsReason) {
  raise(silent_error(Reason::digest_check_failed));
  EXPECT_EQ(ERR_GET_REASON(take_entry().code), SSL_R_DIGEST_CHECK_FAILED);
}

TEST_F(RaiseTest, TextIsDataAndNeverAFormat) {
  raise(Reason::bad_value, "100%s of it");
  const Entry entry = take_entry();
  EXPECT_EQ(ERR_GET_REASON(entry.code), SSL_R_BAD_VALUE);
  EXPECT_EQ(entry.data, "100%s of it");
}

TEST_F(RaiseTest, SharedReasonsAreLibcryptosOwn) {
  const struct {
    Reason reason;
    int expected;
  } table[] = {
      {Reason::internal_error, ERR_R_INTERNAL_ERROR},
      {Reason::malloc_failure, ERR_R_MALLOC_FAILURE},
      {Reason::asn1_lib, ERR_R_ASN1_LIB},
      {Reason::evp_lib, ERR_R_EVP_LIB},
      {Reason::passed_null_parameter, ERR_R_PASSED_NULL_PARAMETER},
      {Reason::should_not_have_been_called, ERR_R_SHOULD_NOT_HAVE_BEEN_CALLED},
      {Reason::unsupported, ERR_R_UNSUPPORTED},
      {Reason::passed_invalid_argument, ERR_R_PASSED_INVALID_ARGUMENT},
      // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): that is what is tested
      {static_cast<Reason>(65535), ERR_R_INTERNAL_ERROR},
  };
  for (const auto& row : table) {
    raise(row.reason);
    EXPECT_EQ(ERR_GET_REASON(take_entry().code), row.expected);
  }
}

TEST_F(RaiseTest, MissingFunctionsSayWhichAndWhy) {
  raise_not_yet("SSL_example");
  Entry entry = take_entry();
  EXPECT_EQ(ERR_GET_LIB(entry.code), ERR_LIB_SSL);
  EXPECT_EQ(ERR_GET_REASON(entry.code), ERR_R_UNSUPPORTED);
  EXPECT_EQ(entry.function, "SSL_example");
  EXPECT_EQ(entry.data, "ciao: SSL_example is not implemented yet");

  raise_absent("SSL_example", "it is a hole");
  entry = take_entry();
  EXPECT_EQ(ERR_GET_REASON(entry.code), ERR_R_UNSUPPORTED);
  EXPECT_EQ(entry.data, "ciao: SSL_example is left out by design: it is a hole");
}

TEST_F(RaiseTest, AbsentByDesignRaisesAndQuietlyAbsentDoesNot) {
  EXPECT_EQ(SSL_CTX_SRP_CTX_init(nullptr), 0);
  EXPECT_EQ(ERR_GET_REASON(take_entry().code), ERR_R_UNSUPPORTED);

  EXPECT_EQ(SSL_get_current_compression(nullptr), nullptr);
  ASSERT_NE(SSL_COMP_get_compression_methods(), nullptr);
  EXPECT_EQ(sk_SSL_COMP_num(SSL_COMP_get_compression_methods()), 0);
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST_F(RaiseTest, EveryReasonHasItsText) {
  ASSERT_TRUE(load_reason_strings());
  ASSERT_TRUE(load_reason_strings());
#define CIAO_REASON(word, upper, number, text) \
  EXPECT_STREQ(ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, number)), text);
#include "base/reasons.def"
#undef CIAO_REASON
}

}  // namespace
}  // namespace ciao::tls
