# shellcheck shell=sh
# Every shell of an account reads this file at its start, in the image. It adds the account's own programs to PATH, and
# makes package tools install into the home. Login shells read it from /etc/profile.d; other shells, including commands
# over ssh, read it by the first line of /etc/bash.bashrc. Programs that the gateway starts for its own purposes in a
# login (searches, documents) read neither file, so a user's program cannot replace them. For root it changes nothing,
# so `RUN npm install -g` in an admin's Dockerfile installs for everybody.
case ${HOME-} in
  /home/?*)
    case :${PATH-}: in
      # This is a shell within a shell, perhaps in a virtual environment.
      *:/usr/lib/gatehouse/bin:*) ;;
      *)
        # An admin's programs in /usr/local/bin come before our apt and sudo, which only say what to do instead.
        # /usr/sbin has programs that show settings, such as ifconfig.
        PATH=$HOME/.local/bin:$HOME/.cargo/bin:$HOME/go/bin:/usr/local/bin:/usr/lib/gatehouse/bin:${PATH#/usr/local/bin:}:/usr/sbin
        export PATH
        # If these settings were in /etc, they would also apply to root.
        export NPM_CONFIG_GLOBALCONFIG=/usr/lib/gatehouse/npmrc GEMRC=/usr/lib/gatehouse/gemrc
        # The account's own folder for temporary files, if PAM has named it. A folder that a user sets later may be
        # writable for others too.
        export NPM_CACHE="${TMPDIR:-$HOME}/.npm"
        # Go makes its module cache read-only, so that users could not delete the folder go of their home in a file
        # manager.
        export GOFLAGS="${GOFLAGS:--modcacherw}"
        # screen would use a folder in /run for all users, where one user could take the name of another.
        export SCREENDIR="${SCREENDIR:-$HOME/.screen}"
        ;;
    esac
    ;;
esac
