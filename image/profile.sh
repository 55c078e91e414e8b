# shellcheck shell=sh
# What every shell of an account begins with, in the image: its own programs are found, and package tools put what they install into its home.
# /etc/profile.d has it for login shells, and the first line of /etc/bash.bashrc reads it for the others, also for commands over ssh. What the gateway
# runs for itself in a login (searches, documents) reads neither, so no program of a user's stands in for one that the gateway means.
# Root, whose home is elsewhere, is left alone: `RUN npm install -g` in an admin's Dockerfile is for everybody.
case ${HOME-} in
  /home/?*)
    case :${PATH-}: in
      # A shell in a shell, perhaps in a virtual environment.
      *:/usr/lib/gatehouse/bin:*) ;;
      *)
        # What an admin has put into /usr/local/bin comes before our apt and sudo, which only say what to do instead. In /usr/sbin, ifconfig and the like look.
        PATH=$HOME/.local/bin:$HOME/.cargo/bin:$HOME/go/bin:/usr/local/bin:/usr/lib/gatehouse/bin:${PATH#/usr/local/bin:}:/usr/sbin
        export PATH
        # Settings that would also hold for root if they were in /etc.
        export NPM_CONFIG_GLOBALCONFIG=/usr/lib/gatehouse/npmrc GEMRC=/usr/lib/gatehouse/gemrc
        # The account's own folder of temporary files, where PAM has named it; what a user sets later may be a folder that others write too.
        export NPM_CACHE="${TMPDIR:-$HOME}/.npm"
        # Go makes its module cache read-only, and then nobody can delete the home's folder go in a file manager.
        export GOFLAGS="${GOFLAGS:--modcacherw}"
        # screen wants a folder of all users in /run, where one could take another's name.
        export SCREENDIR="${SCREENDIR:-$HOME/.screen}"
        ;;
    esac
    ;;
esac
