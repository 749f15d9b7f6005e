#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

namespace {

// What OPENSSL_init_ssl decides it decides once for the process, so each case has one of its own.
// The child's exit status is its answer. GoogleTest runs suites of this name before all others,
// whose use of libcrypto would have decided for the children, too.
int in_child(const std::function<int()>& body) {
  const pid_t pid = fork();
  if (pid == 0) _exit(body());
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

bool has_reason_text() {
  return ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_R_WRONG_VERSION_NUMBER)) != nullptr;
}

constexpr uint64_t kNoConfig = OPENSSL_INIT_NO_LOAD_CONFIG;

TEST(InitDeathTest, LoadsReasonTextsWhenAsked) {
  EXPECT_EQ(in_child([] {
              if (has_reason_text()) return 1;
              if (OPENSSL_init_ssl(kNoConfig | OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr) != 1)
                return 2;
              return has_reason_text() ? 0 : 3;
            }),
            0);
}

TEST(InitDeathTest, LoadsNoReasonTextsUnasked) {
  EXPECT_EQ(in_child([] {
              if (OPENSSL_init_ssl(kNoConfig, nullptr) != 1) return 2;
              return has_reason_text() ? 3 : 0;
            }),
            0);
}

TEST(InitDeathTest, RefusalOfReasonTextsLastsForTheProcess) {
  EXPECT_EQ(in_child([] {
              const uint64_t both =
                  OPENSSL_INIT_NO_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_SSL_STRINGS;
              if (OPENSSL_init_ssl(kNoConfig | both, nullptr) != 1) return 2;
              if (OPENSSL_init_ssl(kNoConfig | OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr) != 1)
                return 3;
              return has_reason_text() ? 4 : 0;
            }),
            0);
}

TEST(InitDeathTest, LoadsTheConfigurationUnlessTold) {
  // A configuration file whose provider section activates nothing is seen by its effect: with it
  // the default provider is not there.
  const std::string path = ::testing::TempDir() + "init_test_openssl.cnf";
  std::ofstream(path) << "openssl_conf = main\n[main]\nproviders = list\n"
                         "[list]\nbase = base_sect\n[base_sect]\nactivate = 1\n";
  // The test has one thread.
  ASSERT_EQ(setenv("OPENSSL_CONF", path.c_str(), 1), 0);  // NOLINT(concurrency-mt-unsafe)
  const auto default_fetches = [](uint64_t opts) {
    if (OPENSSL_init_ssl(opts, nullptr) != 1) return 2;
    EVP_MD* md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EVP_MD_free(md);
    return md != nullptr ? 1 : 0;
  };
  EXPECT_EQ(in_child([&] { return default_fetches(0); }), 0);
  EXPECT_EQ(in_child([&] { return default_fetches(kNoConfig); }), 1);
  unsetenv("OPENSSL_CONF");  // NOLINT(concurrency-mt-unsafe)
  unlink(path.c_str());
}

TEST(InitDeathTest, FailsAfterCleanup) {
  EXPECT_EQ(in_child([] {
              if (OPENSSL_init_ssl(kNoConfig, nullptr) != 1) return 2;
              OPENSSL_cleanup();
              return OPENSSL_init_ssl(0, nullptr) == 0 ? 0 : 1;
            }),
            0);
}

TEST(InitDeathTest, LegacyLoaderLoadsReasonTexts) {
  EXPECT_EQ(in_child([] {
              if (has_reason_text()) return 1;
              return ERR_load_SSL_strings() == 1 && has_reason_text() ? 0 : 2;
            }),
            0);
}

}  // namespace
