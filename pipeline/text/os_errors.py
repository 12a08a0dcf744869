"""What the operating system finds wrong with a file, in words that a clerk can act on."""

from __future__ import annotations

import errno
from types import MappingProxyType

_REASONS = MappingProxyType(
    {
        errno.ENOSPC: "磁盘已满",
        errno.EDQUOT: "磁盘配额已用完",
        errno.EROFS: "这个位置是只读的",
        errno.EACCES: "没有权限，或文件正被其他程序打开",
        errno.EPERM: "没有权限，或文件正被其他程序打开",
        errno.EBUSY: "文件正被其他程序使用",
        errno.ETXTBSY: "文件正被其他程序使用",
        errno.ENOENT: "找不到文件",
        errno.EISDIR: "是文件夹，不是文件",
        errno.ENOTDIR: "路径中有一段不是文件夹",
        errno.EEXIST: "已有同名的文件或文件夹",
        errno.ENOTEMPTY: "已有同名的文件夹",
        errno.ENAMETOOLONG: "文件名过长",
        errno.EFBIG: "文件超过系统允许的大小",
        errno.ELOOP: "是指向别处的链接",
        errno.EIO: "磁盘读写出错",
        errno.EMFILE: "打开的文件过多",
    }
)


def reason(error: OSError) -> str:
    """Why a file could not be read or written."""
    known = _REASONS.get(error.errno or 0)
    return known or error.strerror or type(error).__name__
