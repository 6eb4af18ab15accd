"""Link campaigns: an address that the company hands out itself."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0005_regular'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='link_token',
            field=models.CharField(blank=True, max_length=32, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('link', 'Link')], default='email', max_length=10),
        ),
    ]
